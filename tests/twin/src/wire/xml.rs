//! Just enough XML: a tree of elements to read, and a writer. Namespaces are ignored on the way in.

use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::Event;

/// The namespace of every document of this API.
pub(super) const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// An element: either text or children matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document. The error is in words for the client.
    pub fn parse(document: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|fault| format!("Invalid XML ; {fault}"))? {
                Event::Start(start) => open.push(Self::named(start.local_name().as_ref())),
                Event::Empty(start) => close(&mut open, Self::named(start.local_name().as_ref())),
                Event::End(_) => {
                    let element = open.pop().unwrap_or_default();
                    close(&mut open, element);
                }
                Event::Text(text) => append(&mut open, &text),
                Event::CData(text) => append(&mut open, &text),
                Event::GeneralRef(name) => {
                    let entity = format!("&{};", &*name);
                    let text = unescape(&entity).map_err(|fault| format!("Invalid XML ; {fault}"))?;
                    append(&mut open, &text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let mut root =
            open.pop().filter(|_| open.is_empty()).ok_or("Invalid XML ; an element is not closed")?;
        root.children.pop().ok_or_else(|| "Invalid XML ; there is no element".to_owned())
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name.
    pub fn text_of(&self, name: &str) -> Option<String> {
        self.child(name).map(|child| child.text.clone())
    }

    /// The children of the first child of that name: `<Changes><Change/><Change/></Changes>`.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.child(name).into_iter().flat_map(|list| &list.children)
    }
}

fn close(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Writes one document.
#[derive(Debug)]
pub(super) struct Writer(String);

impl Writer {
    /// A document with this root element.
    pub fn document(root: &str, content: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self(format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\">"));
        content(&mut writer);
        writer.0.push_str(&format!("</{root}>"));
        writer.0
    }

    /// An element with children.
    pub fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        content(self);
        self.0.push_str(&format!("</{name}>"));
    }

    /// An element with text.
    pub fn text(&mut self, name: &str, text: impl std::fmt::Display) {
        let text = text.to_string();
        self.0.push_str(&format!("<{name}>{}</{name}>", escape(text.as_str())));
    }

    /// The same, where there is one.
    pub fn option(&mut self, name: &str, text: Option<impl std::fmt::Display>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let document = Writer::document("Root", |xml| {
            xml.element("List", |xml| {
                xml.text("Item", "\"a\" & <b>");
                xml.text("Item", 2);
            });
            xml.option("None", None::<&str>);
        });
        let root = Element::parse(&document).unwrap();
        assert_eq!(root.name, "Root");
        assert_eq!(
            root.list("List").map(|item| item.text.as_str()).collect::<Vec<_>>(),
            ["\"a\" & <b>", "2"]
        );
        assert_eq!(root.child("None"), None);
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for text in ["", "no", "<a>", "<a></b>", "<a>&nope;</a>"] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
    }
}
