//! What the operator of the portal has decided beforehand. Knows no file: `config` reads it.

use std::collections::BTreeMap;

/// Without a policy file: every subscription that the person can see, decided when needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub approval: Approval,
    /// Whether somebody may decide their own request when `approval` is `Always`.
    pub self_approval: bool,
    /// Subscriptions offered to people who cannot see any in Azure themselves.
    pub subscriptions: Vec<Offered>,
    /// Tag name to the help that stands at its field.
    pub required_tags: BTreeMap<String, String>,
    pub resource_name: Option<NameRule>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// What the requester may do in Azure already runs at once, the rest waits.
    #[default]
    WhenNeeded,
    /// Nothing runs before a decision.
    Always,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub id: String,
    pub name: String,
    /// Existing resource groups to choose from.
    pub resource_groups: Vec<String>,
    /// Region names (`westeurope`); empty means every region that Azure offers.
    pub regions: Vec<String>,
    pub create_resource_group: bool,
}

/// A rule for resource names beyond Azure's own.
#[derive(Clone, Debug)]
pub struct NameRule {
    pub pattern: regex::Regex,
    /// What a person reads whose name does not fit.
    pub message: String,
}

impl PartialEq for NameRule {
    fn eq(&self, other: &NameRule) -> bool {
        self.pattern.as_str() == other.pattern.as_str() && self.message == other.message
    }
}

impl Eq for NameRule {}

impl Policy {
    pub fn offered(&self, subscription: &str) -> Option<&Offered> {
        self.subscriptions.iter().find(|offered| offered.id.eq_ignore_ascii_case(subscription))
    }
}
