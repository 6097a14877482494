//! Which of several keys a detector is given.

use watermark_core::Key;

/// One key for each id, as every further one would cost a search and weaken the evidence. A title key goes before its
/// detect-only key: it reads the same marks and can tell who issued them.
pub fn ring(keys: Vec<Key>) -> Vec<Key> {
    let mut ring: Vec<Key> = Vec::with_capacity(keys.len());
    for key in keys {
        match ring.iter_mut().find(|other| other.id() == key.id()) {
            Some(other) if key.can_issue() => *other = key,
            Some(_) => {}
            None => ring.push(key),
        }
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::KeyRole;

    #[test]
    fn a_title_key_replaces_its_detect_only_key() {
        let title = Key::from_secret(KeyRole::Title, [1; 32]);
        let other = Key::from_secret(KeyRole::Title, [2; 32]);
        for keys in [vec![title.detect_only(), title.clone()], vec![title.clone(), title.detect_only()]] {
            let ring = ring(keys.into_iter().chain([other.clone()]).collect());
            assert_eq!(ring, [title.clone(), other.clone()]);
        }
    }
}
