//! From checked slices to the one implementation of a step.

use super::Tensor;
use crate::{Element, Error, Execution, check, split};
use gradstep_kernels::Compiled;
use gradstep_kernels::ops::{Step, Update};

/// Steps one tensor, whose state slices have these names.
#[inline]
pub(super) fn step<E, U, const N: usize>(
    execution: Execution,
    update: U,
    mut tensor: Tensor<'_, E, N>,
    names: [&'static str; N],
) -> Result<(), Error>
where
    E: Element + for<'t, 'a> Compiled<Step<'t, 'a, E, U, N>>,
    U: Update<E, N>,
{
    each_length(&tensor, names, check::length)?;
    split::step(execution, update, core::slice::from_mut(&mut tensor));
    Ok(())
}

/// Steps every tensor of a list; all lengths are checked before the first.
pub(super) fn step_many<E, U, const N: usize>(
    execution: Execution,
    update: U,
    tensors: &mut [Tensor<'_, E, N>],
    names: [&'static str; N],
) -> Result<(), Error>
where
    E: Element + for<'t, 'a> Compiled<Step<'t, 'a, E, U, N>>,
    U: Update<E, N>,
{
    for (i, tensor) in tensors.iter().enumerate() {
        each_length(tensor, names, |name, expected, found| {
            check::tensor_length(i, name, expected, found)
        })?;
    }
    split::step(execution, update, tensors);
    Ok(())
}

#[inline]
fn each_length<E, const N: usize>(
    tensor: &Tensor<'_, E, N>,
    names: [&'static str; N],
    check: impl Fn(&'static str, usize, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let expected = tensor.w.len();
    check("g", expected, tensor.g.len())?;
    for (name, slice) in names.into_iter().zip(&tensor.state) {
        check(name, expected, slice.len())?;
    }
    Ok(())
}
