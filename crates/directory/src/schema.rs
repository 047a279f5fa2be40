//! The 21 standard attributes in their order, and custom ones behind them (user-pools.md 6.5).

use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::types::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
};

/// Most attributes a schema holds beside the standard ones.
const CUSTOM_MAX: usize = 50;

fn text(name: &str, min: &str, max: &str) -> SchemaAttributeType {
    SchemaAttributeType {
        name: Some(name.to_owned()),
        attribute_data_type: Some(AttributeDataType::String),
        developer_only_attribute: Some(false),
        mutable: Some(true),
        required: Some(false),
        number_attribute_constraints: None,
        string_attribute_constraints: Some(StringAttributeConstraintsType {
            min_length: Some(min.to_owned()),
            max_length: Some(max.to_owned()),
        }),
    }
}

fn flag(name: &str) -> SchemaAttributeType {
    SchemaAttributeType {
        attribute_data_type: Some(AttributeDataType::Boolean),
        string_attribute_constraints: None,
        ..text(name, "0", "0")
    }
}

/// The standard attributes of every pool.
#[must_use]
pub fn standard() -> Vec<SchemaAttributeType> {
    let plain = |name: &str| text(name, "0", "2048");
    let mut all = vec![SchemaAttributeType { required: Some(true), mutable: Some(false), ..text("sub", "1", "2048") }];
    all.extend(
        [
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
        ]
        .map(plain),
    );
    all.push(plain("email"));
    all.push(flag("email_verified"));
    all.push(plain("gender"));
    all.push(text("birthdate", "10", "10"));
    all.extend(["zoneinfo", "locale", "phone_number"].map(plain));
    all.push(flag("phone_number_verified"));
    all.push(plain("address"));
    all.push(SchemaAttributeType {
        attribute_data_type: Some(AttributeDataType::Number),
        string_attribute_constraints: None,
        number_attribute_constraints: Some(NumberAttributeConstraintsType {
            min_value: Some("0".to_owned()),
            max_value: None,
        }),
        ..plain("updated_at")
    });
    all.push(SchemaAttributeType {
        string_attribute_constraints: Some(StringAttributeConstraintsType::default()),
        ..plain("identities")
    });
    all
}

/// A new pool's schema: the standard attributes with what the caller changed about them, then the custom ones.
pub fn read(given: Vec<SchemaAttributeType>) -> Result<Vec<SchemaAttributeType>, Fault> {
    let mut all = standard();
    let standard_len = all.len();
    for entry in given {
        let name = entry.name.clone().unwrap_or_default();
        match all.iter_mut().take(standard_len).find(|known| known.name.as_deref() == Some(&name)) {
            Some(known) => change_standard(known, entry, &name)?,
            None => push_custom(&mut all, entry)?,
        }
    }
    within_limit(all)
}

/// A schema with more custom attributes. A standard name is one like any other here: `email` becomes `custom:email`.
pub fn add(
    mut all: Vec<SchemaAttributeType>,
    given: Vec<SchemaAttributeType>,
) -> Result<Vec<SchemaAttributeType>, Fault> {
    for entry in given {
        push_custom(&mut all, entry)?;
    }
    within_limit(all)
}

fn push_custom(all: &mut Vec<SchemaAttributeType>, given: SchemaAttributeType) -> Result<(), Fault> {
    let custom = read_custom(given)?;
    let full = custom.name.as_deref().unwrap_or_default();
    if all.iter().any(|known| known.name.as_deref() == Some(full)) {
        return Err(fault::invalid_parameter(format!("{full}: Existing attribute already has name {full}.")));
    }
    all.push(custom);
    Ok(())
}

fn within_limit(all: Vec<SchemaAttributeType>) -> Result<Vec<SchemaAttributeType>, Fault> {
    let custom = all.iter().filter_map(|entry| entry.name.as_deref()).filter(|name| name.contains(':')).count();
    if custom > CUSTOM_MAX {
        return Err(fault::invalid_parameter(format!("A user pool can have at most {CUSTOM_MAX} custom attributes.")));
    }
    Ok(all)
}

fn change_standard(known: &mut SchemaAttributeType, given: SchemaAttributeType, name: &str) -> Result<(), Fault> {
    let other_type = given.attribute_data_type.is_some_and(|t| Some(t) != known.attribute_data_type);
    if other_type || given.developer_only_attribute == Some(true) {
        return Err(fault::invalid_parameter(format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        )));
    }
    if name == "sub" || name == "identities" {
        return Err(fault::invalid_parameter(format!("The standard schema attribute {name} can not be changed.")));
    }
    known.mutable = given.mutable.or(known.mutable);
    known.required = given.required.or(known.required);
    check_constraints(&given, name)?;
    if given.string_attribute_constraints.is_some() {
        known.string_attribute_constraints = given.string_attribute_constraints;
    }
    if given.number_attribute_constraints.is_some() {
        known.number_attribute_constraints = given.number_attribute_constraints;
    }
    Ok(())
}

fn read_custom(given: SchemaAttributeType) -> Result<SchemaAttributeType, Fault> {
    let Some(name) = given.name.as_deref() else {
        return Err(fault::invalid_parameter("A schema attribute needs a Name."));
    };
    let Some(data_type) = given.attribute_data_type else {
        return Err(fault::invalid_parameter(
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
        ));
    };
    if given.required == Some(true) {
        return Err(fault::invalid_parameter("Required custom attributes are not supported currently."));
    }
    check_constraints(&given, name)?;
    let developer_only = given.developer_only_attribute.unwrap_or(false);
    let full = format!("{}{name}", if developer_only { "dev:custom:" } else { "custom:" });
    // Unconstrained text shows an empty object, an unconstrained number nothing (user-pools.md 6.5).
    let string_constraints =
        (data_type == AttributeDataType::String).then(|| given.string_attribute_constraints.unwrap_or_default());
    let number_constraints = given.number_attribute_constraints.filter(|_| data_type == AttributeDataType::Number);
    Ok(SchemaAttributeType {
        name: Some(full),
        attribute_data_type: Some(data_type),
        developer_only_attribute: Some(developer_only),
        mutable: Some(given.mutable.unwrap_or(true)),
        required: Some(false),
        number_attribute_constraints: number_constraints,
        string_attribute_constraints: string_constraints,
    })
}

fn check_constraints(given: &SchemaAttributeType, name: &str) -> Result<(), Fault> {
    let bad = || fault::invalid_parameter(format!("Invalid constraints for schema attribute {name}."));
    let ordered = |low: Option<f64>, high: Option<f64>| low.zip(high).is_none_or(|(low, high)| low <= high);
    if let Some(bounds) = &given.string_attribute_constraints {
        let read = |text: &Option<String>| text.as_ref().map(|t| t.parse::<u32>().map_err(|_| bad())).transpose();
        let (low, high) = (read(&bounds.min_length)?, read(&bounds.max_length)?);
        let longest = low.into_iter().chain(high).max();
        if !ordered(low.map(f64::from), high.map(f64::from)) || longest.is_some_and(|length| length > 2048) {
            return Err(bad());
        }
    }
    if let Some(bounds) = &given.number_attribute_constraints {
        // `inf` and `nan` are numbers to a parser and bounds to nobody.
        let number = |t: &String| t.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(bad);
        let read = |text: &Option<String>| text.as_ref().map(number).transpose();
        if !ordered(read(&bounds.min_value)?, read(&bounds.max_value)?) {
            return Err(bad());
        }
    }
    Ok(())
}
