//! The one place that mentions threads. Work is cut the same way with and without them, and each piece writes
//! only its own output, so results do not depend on the number of threads.
