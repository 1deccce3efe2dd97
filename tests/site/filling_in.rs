//! Forms that help: what is likely the same as the last time is there, and a field is judged by the
//! portal's rules before the form is sent.

use reqwest::StatusCode;

use super::{
    asking::{FACTORY_FLOOR, create, instance, request_access},
    world::{on_each_database, under_policy},
};

#[tokio::test]
async fn a_blank_form_begins_with_what_was_asked_the_last_time() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let chosen = |page: &super::people::Page, field: &str| {
            page.all(&format!("#{field} option[selected]")).join("")
        };
        let first = olivia.open("/instances/new").await;
        assert!(!first.says("your last request"));
        assert_eq!(chosen(&first, "resource_group"), "");

        let mut fields = instance("dt-first");
        fields.extend([("tag_name", "team"), ("tag_value", "paint")]);
        create(&olivia, &fields).await;
        world.let_it_work().await;
        let next = olivia.open("/instances/new").await;
        assert!(next.says("Filled in as in your last request of this kind."), "{}", next.words());
        assert_eq!(chosen(&next, "subscription"), chosen(&first, "subscription"));
        assert_eq!(chosen(&next, "resource_group"), "rg-twins");
        assert_eq!(next.html_attribute("#region option[selected]", "value"), "westeurope");
        assert_eq!(next.html_attribute("[name=tag_name]", "value"), "team");
        // What must be another each time, and whom it is for, is not.
        assert_eq!(next.html_attribute("#resource_name", "value"), "");
        assert_eq!(next.one("#justification"), "");

        // What a link says goes before it, and others' requests are none of one's own.
        let linked = olivia.open("/instances/new?region=northeurope").await;
        assert!(!linked.says("your last request"));
        assert!(!world.person("carl").await.open("/instances/new").await.says("your last request"));

        request_access(&olivia, "data_reader").await;
        let access = olivia.open("/access/new").await;
        assert_eq!(access.html_attribute("[name=role][checked]", "value"), "data_reader");
        let linked = olivia.open("/access/new?role=data_owner").await;
        assert_eq!(linked.html_attribute("[name=role][checked]", "value"), "data_owner");
    })
    .await;
}

#[tokio::test]
async fn a_field_is_judged_by_the_rule_of_the_form() {
    let policy = r#"
[resource_name]
pattern = "^dt-"
message = "Names begin with dt- here."
"#;
    under_policy(policy, async |world| {
        let nina = world.person("nina").await;
        for (rule, value, told) in [
            ("resource-name", "dt-lab", ""),
            ("resource-name", "  dt-lab ", ""),
            ("resource-name", "-no-", "A resource name has 3 to 63 letters"),
            // The operator's own rule, in the operator's words.
            ("resource-name", "lab", "Names begin with dt- here."),
            ("new-resource-group", "rg-new", ""),
            ("new-resource-group", "rg.", "A resource group's name has 1 to 90"),
            ("resource-group", "a/b", "A resource group's name has 1 to 90"),
            ("resource-id", "nonsense", "Give the resource ID of an instance"),
            ("resource-id", FACTORY_FLOOR, ""),
            // As the address bar of the Azure portal has it.
            (
                "resource-id",
                &format!("https://portal.azure.com/#@x/resource{FACTORY_FLOOR}/overview"),
                "",
            ),
            ("endpoint-name", "pe-hall", ""),
            ("endpoint-name", "-", "A private endpoint's name"),
            ("subnet", "vnet/default", "Choose a subnet, or give its resource ID"),
            ("object-id", "87d349ed-44d7-43e1-9a83-5f2406dee5bd", ""),
            ("object-id", "87d349ed", "An object ID looks like"),
        ] {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("value", value)
                .finish();
            let answer = nina.fetch(&format!("/fields/{rule}?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            let answer: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
            let problem = answer["problem"].as_str().unwrap();
            assert!(problem.starts_with(told), "{rule} {value}: {problem}");
            assert_eq!(problem.is_empty(), told.is_empty(), "{rule} {value}: {problem}");
        }
        nina.speak("de");
        let answer = nina.fetch("/fields/resource-name?value=-no-").await;
        assert!(answer.text.contains("Buchstaben"), "{}", answer.text);
        assert_eq!(nina.fetch("/fields/nothing?value=x").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
