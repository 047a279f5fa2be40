//! The module that every bent crate gets: is this mutant on?

/// Lints say nothing about bent code; the compiler's errors remain.
pub const ALLOWED: &str = "#![allow(warnings, missing_docs, unused_must_use, arithmetic_overflow, \
    unconditional_panic, unconditional_recursion, overflowing_literals, clippy::all)] ";

/// The number that is on comes from `COGNATE_BENT`. With `COGNATE_BENT_TRACE` each number that is asked for is written
/// there once. Asking is a load and two comparisons: it stands within every operator.
pub const MODULE: &str = r#"
#[doc(hidden)]
pub mod __bent {
    use std::fs::File;
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    const UNREAD: u32 = u32::MAX;
    const TRACED: u32 = u32::MAX - 1;
    static ON: AtomicU32 = AtomicU32::new(UNREAD);
    static SEEN: [AtomicU64; 256] = [const { AtomicU64::new(0) }; 256];
    static TRACE: OnceLock<Option<File>> = OnceLock::new();

    #[inline(always)]
    pub fn on(number: u32) -> bool {
        let on = ON.load(Ordering::Relaxed);
        on == number || (on >= TRACED && asked(number))
    }

    #[cold]
    #[inline(never)]
    fn asked(number: u32) -> bool {
        let trace = TRACE.get_or_init(|| {
            let path = std::env::var_os("COGNATE_BENT_TRACE")?;
            File::options().create(true).append(true).open(path).ok()
        });
        let Some(mut file) = trace.as_ref() else {
            let chosen = std::env::var("COGNATE_BENT").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
            ON.store(chosen, Ordering::Relaxed);
            return chosen == number;
        };
        ON.store(TRACED, Ordering::Relaxed);
        let (word, bit) = ((number / 64) as usize, 1u64 << (number % 64));
        if let Some(seen) = SEEN.get(word) {
            if seen.load(Ordering::Relaxed) & bit == 0 && seen.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
                let _ = file.write_all(format!("{number}\n").as_bytes());
            }
        }
        false
    }
}
"#;
