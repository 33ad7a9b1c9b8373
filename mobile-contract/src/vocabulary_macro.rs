//! The macro behind every enumeration that apps see: one list of words gives the Rust type, its JSON text, its OpenAPI
//! schema and its stored form, so that the four can never drift apart.

/// Declares an enumeration whose values travel and rest as words. A feature declares the words that are its own beside its code:
///
/// ```
/// contract::vocabulary! {
///     /// How a visit went.
///     VisitResult {
///         /// Somebody was there.
///         Met => "met",
///         /// Nobody was.
///         NobodyThere => "nobody_there",
///     }
/// }
/// assert_eq!("met".parse(), Ok(VisitResult::Met));
/// ```
///
/// It needs none of the crates that it is made of beside this one, under the name `contract`. The values are stored as words if
/// this crate has the feature `storage`.
#[macro_export]
macro_rules! vocabulary {
    ($(#[doc = $about:literal])* $name:ident { $($(#[$vmeta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[doc = $about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            $crate::__private::serde::Serialize, $crate::__private::serde::Deserialize,
        )]
        #[serde(crate = "contract::__private::serde")]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for this value on the wire and in storage.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { vocabulary: stringify!($name) }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::__private::utoipa::PartialSchema for $name {
            fn schema() -> $crate::__private::utoipa::openapi::RefOr<$crate::__private::utoipa::openapi::Schema> {
                $crate::__private::word_schema(
                    concat!($($about),*),
                    Self::ALL.iter().map(|word| word.as_str()),
                )
            }
        }

        impl $crate::__private::utoipa::ToSchema for $name {}

        $crate::__stored_as_word!($name);
    };
}
