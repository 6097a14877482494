//! Shared tools of the frequency domain: transforms, running means, the log-polar map.

mod blur;
mod fft2;
mod local_power;
mod log_polar;
mod rows;

pub(crate) use blur::{Gaussian, box_mean};
pub(crate) use fft2::{Fft2, HalfSpectrum, RealFft2};
pub(crate) use local_power::LocalPower;
pub(crate) use log_polar::{LogPolar, LogPolarGrid};
pub(crate) use rows::{Ring, RowsOf, repeat_ends};

/// One channel at working size, values in 8-bit grey levels unless said otherwise; row-major.
pub(crate) type Plane = ndarray::Array2<f32>;

/// Complex number of the transforms.
pub(crate) type C32 = rustfft::num_complex::Complex<f32>;
