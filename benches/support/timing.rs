//! Times short calls in batches, all subjects in turn, so that a busy machine slows all of them alike.

use std::hint::black_box;
use std::time::Instant;

/// Times one batch of calls and gives the nanoseconds of one.
pub(crate) type Subject<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// A batch of `calls` calls; the dispatch to the batch is paid once.
pub(crate) fn batch<'a, T>(calls: u32, mut call: impl FnMut() -> T + 'a) -> Subject<'a> {
    Box::new(move || {
        let begun = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    })
}

/// The median time of one call of each subject, in nanoseconds, over `rounds` batches each.
///
/// Batches much shorter than a microsecond in all would measure the clock; those of a millisecond, the scheduler.
pub(crate) fn medians(rounds: usize, subjects: &mut [Subject<'_>]) -> Vec<f64> {
    let mut times: Vec<Vec<f64>> = vec![Vec::with_capacity(rounds); subjects.len()];
    for _ in 0..rounds {
        for (subject, times) in subjects.iter_mut().zip(&mut times) {
            times.push(subject());
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect()
}
