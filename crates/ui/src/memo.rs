//! What is made anew only when what it depends on changes.

use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;
use std::sync::Arc;

/// A value, and the key it was last made for.
#[derive(Debug)]
pub struct Memo<K, V = ()> {
    key: Option<K>,
    value: V,
}

impl<K, V> Memo<K, V> {
    /// This value until there is a key.
    #[must_use]
    pub fn of(value: V) -> Self {
        Self { key: None, value }
    }

    /// What the value was made for; `None` while it was not.
    #[must_use]
    pub fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    /// The value is made anew, whatever the next key.
    pub fn forget(&mut self) {
        self.key = None;
    }
}

impl<K: PartialEq, V> Memo<K, V> {
    /// The value for a key. Where the last one was another, `make` turns the value for that into the one for this: a
    /// texture is written again in its place.
    pub fn renew(&mut self, key: K, make: impl FnOnce(&K, &mut V)) -> &mut V {
        if self.key.as_ref() != Some(&key) {
            make(&key, &mut self.value);
            self.key = Some(key);
        }
        &mut self.value
    }
}

impl<K: PartialEq> Memo<K> {
    /// Takes on a key, and says whether it is another one.
    pub fn changes(&mut self, key: K) -> bool {
        let mut changes = false;
        self.renew(key, |_, ()| changes = true);
        changes
    }
}

impl<K, V: Default> Default for Memo<K, V> {
    fn default() -> Self {
        Self::of(V::default())
    }
}

impl<K, V> Deref for Memo<K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.value
    }
}

/// Shared data as part of a key. It is the same only if it lies at the same place: what the worker sends is never
/// changed, and comparing all of it would cost as much as using it.
pub struct Same<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Same<T> {
    #[must_use]
    pub fn of(data: &Arc<T>) -> Self {
        Self(Arc::clone(data))
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self::of(&self.0)
    }
}

impl<T: ?Sized + Debug> Debug for Same<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<T: ?Sized> Deref for Same<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_for_each_change_of_its_key() {
        let mut memo = Memo::<u8, Vec<u8>>::default();
        for key in [3, 3, 4, 4, 3] {
            memo.renew(key, |&key, made| made.push(key));
        }
        assert_eq!(*memo, [3, 4, 3]);
        assert_eq!(memo.key(), Some(&3));
    }

    #[test]
    fn data_is_the_same_only_where_it_lies_at_the_same_place() {
        let [data, alike] = [Arc::new(7), Arc::new(7)];
        let mut memo = Memo::<Same<u8>>::default();
        assert!(memo.changes(Same::of(&data)));
        assert!(!memo.changes(Same::of(&Arc::clone(&data))));
        assert!(memo.changes(Same::of(&alike)));
    }
}
