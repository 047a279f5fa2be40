//! Copies that threads keep for themselves.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use thread_local::ThreadLocal;

/// A few values of which each thread has a copy of its own: what threads share is counted by each that uses it, and the
/// count travels from core to core with every request. Whether a copy is still good is for the user to say.
pub struct Copies<K: Send, V: Send> {
    threads: ThreadLocal<RefCell<HashMap<K, V>>>,
    most: usize,
}

impl<K: Clone + Eq + Hash + Send, V: Clone + Send> Copies<K, V> {
    /// At most so many for each thread; then it begins anew.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { threads: ThreadLocal::new(), most: most.max(1) }
    }

    /// This thread's.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<V> {
        self.threads.get()?.borrow().get(key).cloned()
    }

    /// Keeps one for this thread.
    pub fn put(&self, key: &K, value: V) {
        let mut copies = self.threads.get_or_default().borrow_mut();
        if copies.len() >= self.most && !copies.contains_key(key) {
            copies.clear();
        }
        copies.insert(key.clone(), value);
    }
}

impl<K: Send, V: Send> fmt::Debug for Copies<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copies").field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_its_own_and_no_more_than_it_may() {
        let copies = Copies::new(2);
        (0..2).for_each(|key| copies.put(&key, key * 10));
        assert_eq!((copies.get(&0), copies.get(&1)), (Some(0), Some(10)));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(copies.get(&0), None);
                copies.put(&0, 7);
            });
        });
        copies.put(&1, 11);
        assert_eq!((copies.get(&0), copies.get(&1)), (Some(0), Some(11)));
        copies.put(&2, 20);
        assert_eq!((copies.get(&0), copies.get(&1), copies.get(&2)), (None, None, Some(20)));
    }
}
