//! Every sentence of the report, in two languages.

mod en;
mod ja;

/// A language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// `en` or `ja`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    pub(super) const fn table(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::En => en::WORDS,
            Self::Ja => ja::WORDS,
        }
    }

    /// The words of a key. A key that is missing stands for itself; a test sees to it that none is.
    pub(super) fn say(self, key: &str) -> &'static str {
        self.table().iter().find(|(name, _)| *name == key).map_or("?", |(_, words)| words)
    }

    /// The words of a key with every `{name}` replaced. What is put in is not looked at again.
    pub(super) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.say(key);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
            rest = after;
        }
        out + rest
    }
}

impl std::str::FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "en" => Ok(Self::En),
            "ja" => Ok(Self::Ja),
            _ => Err(format!("the language {text:?} is not known; use en or ja")),
        }
    }
}
