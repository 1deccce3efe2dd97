//! Who may do what: permissions of the caller, and role assignments.

use super::{SEGMENT, refused, resource, segment};
use crate::azure::problem::{name, optional};
use crate::azure::{AccessToken, Azure, Result};
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use uuid::Uuid;

/// `authorization-*.json`: role assignments, and permissions at a group or resource
const AUTHORIZATION: &str = "2022-04-01";
/// Permissions at a subscription: in no specification, but in older documentation, and it works.
const SUBSCRIPTION_PERMISSIONS: &str = "2015-07-01";

/// What one role assignment allows the caller at a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionEntry {
    #[serde(deserialize_with = "or_empty")]
    pub actions: Vec<String>,
    #[serde(deserialize_with = "or_empty")]
    pub not_actions: Vec<String>,
    #[serde(deserialize_with = "or_empty")]
    pub data_actions: Vec<String>,
    #[serde(deserialize_with = "or_empty")]
    pub not_data_actions: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAssignment {
    pub id: String,
    /// A GUID.
    pub name: String,
    /// Where it was made, which may be above the scope that was asked about.
    pub scope: String,
    /// Only the GUID at its end is the same wherever it is read.
    pub role_definition_id: String,
    pub principal_id: String,
    pub principal_type: Option<String>,
    pub description: Option<String>,
    pub condition: Option<String>,
    pub created_on: Option<String>,
    pub created_by: Option<String>,
}

/// A role as Azure defines it, or as somebody of the tenant has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDefinition {
    /// Only the GUID, which is the same wherever it is read.
    pub guid: String,
    pub name: String,
    pub description: String,
    pub custom: bool,
    pub permissions: Vec<PermissionEntry>,
}

/// Which role assignments are listed. Rows from above the scope are among them: compare
/// their `scope`.
#[derive(Clone, Copy, Debug)]
pub enum Filter<'a> {
    /// At, above and below the scope.
    All,
    /// At the scope and above.
    AtScope,
    /// A principal's own, at, above and below.
    Principal(&'a str),
    /// A principal's own and those of its groups.
    AssignedTo(&'a str),
    /// What a principal can do here.
    AtScopeAssignedTo(&'a str),
}

impl Azure {
    /// What the token's owner may do at a scope. A hint: conditions, locks and policy are not in
    /// it.
    pub async fn permissions(
        &self,
        token: &AccessToken,
        scope: &str,
    ) -> Result<Vec<PermissionEntry>> {
        let path = resource(scope)?;
        let version = match path.matches('/').count() {
            2 => SUBSCRIPTION_PERMISSIONS,
            _ => AUTHORIZATION,
        };
        self.list(
            token,
            &format!("{path}/providers/Microsoft.Authorization/permissions?api-version={version}"),
        )
        .await
    }

    /// Every role that can be assigned at a scope, custom ones too.
    pub async fn role_definitions(
        &self,
        token: &AccessToken,
        scope: &str,
    ) -> Result<Vec<RoleDefinition>> {
        let path = format!(
            "{}/providers/Microsoft.Authorization/roleDefinitions?api-version={AUTHORIZATION}",
            resource(scope)?
        );
        let rows: Vec<DefinitionRow> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(DefinitionRow::into_definition).collect())
    }

    /// `None` if there is no assignment of this name at this very scope.
    pub async fn role_assignment(
        &self,
        token: &AccessToken,
        scope: &str,
        name: &str,
    ) -> Result<Option<RoleAssignment>> {
        let path = format!(
            "{}/providers/Microsoft.Authorization/roleAssignments/{}?api-version={AUTHORIZATION}",
            resource(scope)?,
            segment(name)?
        );
        let row: Option<Row> = optional(self.read(token, &path).await)?;
        Ok(row.map(Row::into_assignment))
    }

    pub async fn role_assignments(
        &self,
        token: &AccessToken,
        scope: &str,
        filter: Filter<'_>,
    ) -> Result<Vec<RoleAssignment>> {
        let mut path = format!(
            "{}/providers/Microsoft.Authorization/roleAssignments?api-version={AUTHORIZATION}",
            resource(scope)?
        );
        if let Some(filter) = filter.text()? {
            path.push_str("&$filter=");
            path.extend(utf8_percent_encode(&filter, SEGMENT));
        }
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_assignment).collect())
    }
}

impl Filter<'_> {
    fn text(&self) -> Result<Option<String>> {
        let guid = |text: &str| {
            Uuid::try_parse(text).map(|id| id.to_string()).map_err(|_| {
                refused("BadPrincipal", &format!("was not asked: {text:?} is not an object id"))
            })
        };
        Ok(match self {
            Filter::All => None,
            Filter::AtScope => Some("atScope()".into()),
            Filter::Principal(id) => Some(format!("principalId eq '{}'", guid(id)?)),
            Filter::AssignedTo(id) => Some(format!("assignedTo('{}')", guid(id)?)),
            Filter::AtScopeAssignedTo(id) => {
                Some(format!("atScope() and assignedTo('{}')", guid(id)?))
            }
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    role_definition_id: Option<String>,
    principal_id: Option<String>,
    principal_type: Option<String>,
    scope: Option<String>,
    description: Option<String>,
    condition: Option<String>,
    created_on: Option<String>,
    created_by: Option<String>,
}

impl Row {
    fn into_assignment(self) -> RoleAssignment {
        let properties = self.properties.unwrap_or_default();
        RoleAssignment {
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            scope: properties.scope.unwrap_or_default(),
            role_definition_id: properties.role_definition_id.unwrap_or_default(),
            principal_id: properties.principal_id.unwrap_or_default(),
            principal_type: properties.principal_type,
            description: properties.description,
            condition: properties.condition,
            created_on: properties.created_on,
            created_by: properties.created_by,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DefinitionRow {
    id: Option<String>,
    name: Option<String>,
    properties: Option<DefinitionProperties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DefinitionProperties {
    role_name: Option<String>,
    description: Option<String>,
    r#type: Option<String>,
    permissions: Option<Vec<PermissionEntry>>,
}

/// The GUID at the end of a role definition's id, which is the same wherever the role is assigned.
pub fn role_guid(definition_id: &str) -> String {
    definition_id.rsplit('/').next().unwrap_or_default().to_lowercase()
}

impl DefinitionRow {
    fn into_definition(self) -> RoleDefinition {
        let properties = self.properties.unwrap_or_default();
        let id = self.id.or(self.name).unwrap_or_default();
        let guid = role_guid(&id);
        RoleDefinition {
            name: properties.role_name.as_deref().and_then(name).unwrap_or_else(|| guid.clone()),
            guid,
            description: properties.description.unwrap_or_default(),
            custom: properties.r#type.is_some_and(|kind| kind.eq_ignore_ascii_case("CustomRole")),
            permissions: properties.permissions.unwrap_or_default(),
        }
    }
}

fn or_empty<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> std::result::Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_hold_object_ids_and_nothing_else() {
        let id = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
        assert_eq!(Filter::AssignedTo(id).text().unwrap().unwrap(), format!("assignedTo('{id}')"));
        assert!(Filter::Principal("x' or principalId ne '").text().is_err());
    }

    #[test]
    fn a_role_is_known_by_the_guid_at_the_end_of_its_id() {
        let row: DefinitionRow = serde_json::from_value(json!({
            "id": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/ABC", "name": "abc",
            "properties": {"roleName": "Twin reader", "type": "CustomRole", "permissions": [{"actions": [], "dataActions": ["*/read"]}]},
        }))
        .unwrap();
        let role = row.into_definition();
        assert_eq!(
            (role.guid.as_str(), role.name.as_str(), role.custom),
            ("abc", "Twin reader", true)
        );
        assert_eq!(role.permissions[0].data_actions, ["*/read"]);
    }

    #[test]
    fn a_list_of_actions_may_be_null() {
        let entry: PermissionEntry =
            serde_json::from_value(json!({"actions": ["*"], "notActions": null})).unwrap();
        assert_eq!(entry.actions, ["*"]);
    }
}
