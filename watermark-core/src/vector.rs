//! The one place that mentions instruction sets: the innermost loops are compiled a second time for wide registers and
//! run where the processor has them. No sum is made in another order and nothing is fused, so results are the same.

/// Runs `work`, and all that is inlined into it, with the widest registers that the processor has.
#[inline(always)]
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        struct Work<F>(F);
        impl<R, F: FnOnce() -> R> pulp::WithSimd for Work<F> {
            type Output = R;

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) -> R {
                (self.0)()
            }
        }
        pulp::Arch::new().dispatch(Work(work))
    }
    #[cfg(not(target_arch = "x86_64"))]
    work()
}
