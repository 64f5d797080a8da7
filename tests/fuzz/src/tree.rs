//! Changes of a JSON document, place by place.

use bolero::TypeGenerator;
use serde_json::{Value, json};

use crate::Odd;

/// One change. Places are counted in the order of the text, from the whole document on, modulo how many there are.
#[derive(Clone, Debug, TypeGenerator)]
pub enum Change {
    /// A value becomes something odd.
    Replace(u16, Odd),
    /// A value becomes what stands elsewhere.
    Exchange(u16, u16),
    /// A text, inside of which something odd comes to stand.
    Spoil(u16, u8, Odd),
    /// A value is wrapped in lists.
    Wrap(u16, u8),
    /// A member or an item goes.
    Remove(u16),
    /// A member or an item comes.
    Add(u16, Odd, Odd),
    /// An item or a member is there many times.
    Repeat(u16, u8),
}

impl Change {
    /// Changes the document.
    pub fn apply(&self, document: &mut Value) {
        match self {
            Self::Replace(at, odd) => *place(document, *at) = odd.value(),
            Self::Exchange(at, from) => {
                let other = place(document, *from).clone();
                *place(document, *at) = other;
            }
            Self::Spoil(at, character, odd) => spoil(place(document, *at), usize::from(*character), odd),
            Self::Wrap(at, depth) => {
                let value = place(document, *at);
                *value = (0..depth % 16).fold(value.take(), |inner, _| json!([inner]));
            }
            Self::Remove(at) => remove(document, *at),
            Self::Add(at, name, odd) => match place(document, *at) {
                Value::Object(members) => drop(members.insert(name.text(), odd.value())),
                Value::Array(items) => items.push(odd.value()),
                other => *other = odd.value(),
            },
            Self::Repeat(at, times) => repeat(place(document, *at), usize::from(*times)),
        }
    }
}

fn spoil(value: &mut Value, character: usize, odd: &Odd) {
    if let Value::String(text) = value {
        let at = text.floor_char_boundary(character % (text.len() + 1));
        text.insert_str(at, &odd.text());
    }
}

fn repeat(value: &mut Value, times: usize) {
    match value {
        Value::Array(items) => {
            let all = items.clone();
            items.extend(all.iter().cycle().take(all.len().min(64) * times % 1_024).cloned());
        }
        Value::Object(members) => {
            let Some(one) = members.values().next().cloned() else { return };
            members.extend((0..times).map(|number| (format!("more-{number}"), one.clone())));
        }
        _ => {}
    }
}

/// Takes away what stands at a place; the whole document stays.
fn remove(document: &mut Value, at: u16) {
    let pointer = pointer(document, at);
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(items)) => drop(name.parse().map(|index: usize| items.remove(index))),
        _ => {}
    }
}

fn place(document: &mut Value, at: u16) -> &mut Value {
    let pointer = pointer(document, at);
    document.pointer_mut(&pointer).expect("it was found there")
}

/// Where a place is (RFC 6901).
fn pointer(document: &Value, at: u16) -> String {
    let mut all = Vec::new();
    collect(document, String::new(), &mut all);
    let wanted = usize::from(at) % all.len();
    all.swap_remove(wanted)
}

fn collect(value: &Value, pointer: String, all: &mut Vec<String>) {
    all.push(pointer.clone());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            collect(member, format!("{pointer}/{name}"), all);
        }),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect(item, format!("{pointer}/{index}"), all));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(changes: &[Change]) -> Value {
        let mut document = json!({ "a/b": [1, { "c": "xy" }], "d": null });
        changes.iter().for_each(|change| change.apply(&mut document));
        document
    }

    #[test]
    fn a_change_is_made_at_its_place() {
        assert_eq!(
            after(&[Change::Replace(5, Odd::Number(7))]),
            json!({ "a/b": [1, { "c": "xy" }], "d": 7 })
        );
        assert_eq!(after(&[Change::Exchange(2, 4)]), json!({ "a/b": ["xy", { "c": "xy" }], "d": null }));
        assert_eq!(after(&[Change::Spoil(4, 1, Odd::Number(0))])["a/b"][1]["c"], "x0y");
        assert_eq!(after(&[Change::Wrap(2, 2)])["a/b"][0], json!([[1]]));
        assert_eq!(after(&[Change::Remove(1)]), json!({ "d": null }));
        assert_eq!(after(&[Change::Remove(3)])["a/b"], json!([1]));
        assert_eq!(after(&[Change::Remove(0)]), after(&[]), "the whole document stays");
        assert_eq!(after(&[Change::Repeat(1, 2)])["a/b"].as_array().unwrap().len(), 6);
        assert_eq!(after(&[Change::Add(0, Odd::Number(1), Odd::Number(2))])["1"], 2);
    }
}
