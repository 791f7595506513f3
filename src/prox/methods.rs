//! The methods of proximal operators that take slices of certain lengths only.

/// The methods of an operator with `fit(&self, len)`, which refuses other lengths, and
/// `run(&self, fit, task, count)`, for use in its `impl`. `$length` is what `fit` asks of a
/// length. In the examples `$new` makes an operator that maps `$x` to `$shrunk`, with one
/// zero, and an upstream gradient of ones to `$grad`.
macro_rules! methods {
    ($new:literal, $length:literal, $x:literal => $shrunk:literal, $grad:literal) => {
        /// Replaces `x` by its shrunk self.
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Length`] if `x` is not ", $length, ".")]
        ///
        /// ```
        #[doc = concat!("let soft = gradstep::prox::", $new, ";")]
        #[doc = concat!("let mut x = ", $x, ";")]
        /// soft.apply(&mut x)?;
        #[doc = concat!("assert_eq!(x, ", $shrunk, ");")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn apply(&self, x: &mut [E]) -> Result<(), Error> {
            self.run(self.fit(x.len())?, Task::Apply(x.into()), false);
            Ok(())
        }

        /// [`apply`](Self::apply) that also returns the number of zeros in `x` afterwards, counted in
        /// the same pass.
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Length`] if `x` is not ", $length, ".")]
        ///
        /// ```
        #[doc = concat!("let soft = gradstep::prox::", $new, ";")]
        #[doc = concat!("assert_eq!(soft.apply_and_count(&mut ", $x, ")?, 1);")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn apply_and_count(&self, x: &mut [E]) -> Result<usize, Error> {
            Ok(self.run(self.fit(x.len())?, Task::Apply(x.into()), true))
        }

        /// Writes the shrunk `x` to `out`.
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Length`] if the lengths differ or are not ", $length, ".")]
        ///
        /// ```
        #[doc = concat!("let soft = gradstep::prox::", $new, ";")]
        /// let mut out = [0.0; 2];
        #[doc = concat!("soft.apply_into(&", $x, ", &mut out)?;")]
        #[doc = concat!("assert_eq!(out, ", $shrunk, ");")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn apply_into(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
            let fit = self.fit(x.len())?;
            check::length("out", x.len(), out.len())?;
            self.run(fit, Task::Apply(InOut::apart(x, out)), false);
            Ok(())
        }

        /// [`apply_into`](Self::apply_into) that also returns the number of zeros in `out`, counted in
        /// the same pass.
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Length`] if the lengths differ or are not ", $length, ".")]
        ///
        /// ```
        #[doc = concat!("let soft = gradstep::prox::", $new, ";")]
        /// let mut out = [0.0; 2];
        #[doc = concat!("assert_eq!(soft.apply_into_and_count(&", $x, ", &mut out)?, 1);")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn apply_into_and_count(&self, x: &[E], out: &mut [E]) -> Result<usize, Error> {
            let fit = self.fit(x.len())?;
            check::length("out", x.len(), out.len())?;
            Ok(self.run(fit, Task::Apply(InOut::apart(x, out)), true))
        }

        /// Writes the gradient with respect to `x`, the operator's derivative at `x` times
        /// `upstream`, to `grad`.
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Length`] if the lengths differ or are not ", $length, ".")]
        ///
        /// ```
        #[doc = concat!("let soft = gradstep::prox::", $new, ";")]
        /// let mut grad = [0.0; 2];
        #[doc = concat!("soft.backward(&", $x, ", &[1.0, 1.0], &mut grad)?;")]
        #[doc = concat!("assert_eq!(grad, ", $grad, ");")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn backward(&self, x: &[E], upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
            let fit = self.fit(x.len())?;
            check::length("upstream", x.len(), upstream.len())?;
            check::length("grad", x.len(), grad.len())?;
            self.run(fit, Task::Backward { at: x, upstream, grad }, false);
            Ok(())
        }
    };
}
pub(super) use methods;
