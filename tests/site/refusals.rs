//! Azure's refusals in plain words: none is without its sentence, and the docs say what pages say.

use std::collections::BTreeSet;

use serde_json::json;
use twindesk::domain::refusals::{REFUSALS, Retry, find};

use super::{
    asking::{create, instance, status},
    faults::written,
    world::on_each_database,
};

/// Codes of Azure that the simulator can be brought to say, as its own test lists them.
const CATALOGUE: &str = include_str!("../../simulator/tests/azure/catalogue.rs");
const STEPS: [&str; 6] = [
    include_str!("../../src/work/steps/mod.rs"),
    include_str!("../../src/work/steps/changes.rs"),
    include_str!("../../src/work/steps/creation.rs"),
    include_str!("../../src/work/steps/networking.rs"),
    include_str!("../../src/work/steps/roles.rs"),
    include_str!("../../src/work/steps/verification.rs"),
];
/// Those of our own that stand before an argument of this name.
const OWN: [&str; 4] =
    ["failed(", "Problem::ours(", "needs_sign_in(claims, ", "unreachable(service, "];

/// What Entra ID may say when a run asks it for a token.
const ENTRA: [u32; 28] = [
    50076, 50079, 50074, 50072, 50078, 53003, 530084, 53000, 53001, 50097, 65001, 65004, 90094,
    70008, 700082, 70043, 50173, 50105, 50020, 500011, 7000215, 7000222, 7000218, 700016, 50196,
    50057, 50034, 50076,
];

/// The third member of each entry of the simulator's catalogue.
fn azures() -> BTreeSet<&'static str> {
    let list = CATALOGUE.split_once("const CATALOGUE").unwrap().1.split_once("];").unwrap().0;
    let texts: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let codes = texts.iter().filter(|text| {
        text.len() > 4
            && text.chars().all(char::is_alphanumeric)
            && text.chars().next().is_some_and(char::is_uppercase)
    });
    codes.copied().collect()
}

fn ours() -> BTreeSet<&'static str> {
    let sources = STEPS.iter().chain([
        &include_str!("../../src/work/mod.rs"),
        &include_str!("../../src/domain/run.rs"),
        &include_str!("../../src/delegation/mod.rs"),
        &include_str!("../../src/azure/http.rs"),
    ]);
    let mut codes = BTreeSet::new();
    for source in sources {
        let source = source.split_once("#[cfg(test)]").map_or(*source, |(code, _)| code);
        for own in OWN {
            for (at, _) in source.match_indices(own) {
                let rest = source[at + own.len()..].trim_start();
                let Some(text) = rest.strip_prefix('"') else { continue };
                codes.insert(text.split('"').next().unwrap());
            }
        }
    }
    codes
}

#[test]
fn no_code_is_without_its_sentence() {
    let azures = azures();
    assert!(azures.len() > 35, "{azures:?}");
    let ours = ours();
    assert!(ours.len() > 15 && ours.contains("NotShown") && ours.contains("KeyLost"), "{ours:?}");
    let entra: Vec<String> = ENTRA.iter().map(|number| format!("AADSTS{number}")).collect();
    let known: BTreeSet<&str> = REFUSALS.iter().map(|refusal| refusal.code).collect();
    // These say that the portal is not as it should be, and end in Azure's words alone.
    let bugs = ["NoStep", "NoName"];
    let all = azures.into_iter().chain(ours).chain(entra.iter().map(String::as_str));
    let missing: Vec<&str> =
        all.filter(|code| !known.contains(code) && !bugs.contains(code)).collect();
    assert!(missing.is_empty(), "without a sentence: {missing:?}");
}

#[test]
fn the_docs_say_what_pages_say() {
    let mut made = "\n| code | what it means here | who can mend it | how | retrying |\n|---|---|---|---|---|\n".to_owned();
    for refusal in REFUSALS {
        let word = refusal.word.map(|word| format!(", \"{word}\"")).unwrap_or_default();
        let retry = match refusal.retry {
            Retry::Later => "helps, later",
            Retry::Mended => "helps once that is done",
            Retry::Never => "does not help",
        };
        made += &format!(
            "| `{}`{word} | {} | {} | {} | {retry} |\n",
            refusal.code,
            refusal.means(),
            refusal.who(),
            refusal.how()
        );
    }
    written("docs/refusals.md", &made);
}

#[tokio::test]
async fn page_and_history_show_azures_words_and_ours_and_retry_leads_on_only_where_it_can() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        for (name, code, said, leads_on) in [
            ("dt-locked", "ScopeLocked", "Please remove the lock and try again.", true),
            ("dt-taken", "ReservedResourceName", "is a trademarked or reserved word.", false),
            ("dt-new", "NeverHeardOf", "The moon is in the wrong house.", true),
        ] {
            world
                .azure
                .fail(json!({
                    "service": "arm", "method": "PUT", "path": name, "status": 409,
                    "code": code, "message": said,
                }))
                .await;
            let request = create(&olivia, &instance(name)).await.url.path().to_owned();
            world.let_it_work().await;
            let page = olivia.open(&request).await;
            assert_eq!(status(&page), "Stopped", "{}", page.words());
            let (notice, history) = (page.one("section.notice.is-error"), page.one(".timeline"));
            for shown in [&notice, &history] {
                assert!(shown.contains(code) && shown.contains(said), "{shown}");
            }
            let meaning = find(code, said);
            assert_eq!(meaning.is_some(), code != "NeverHeardOf");
            if let Some(meaning) = meaning {
                for told in [meaning.who(), meaning.retry.words()] {
                    assert!(notice.contains(&told.to_string()), "{told}: {notice}");
                }
                for told in [meaning.means(), meaning.how()] {
                    for shown in [&notice, &history] {
                        assert!(shown.contains(&told.to_string()), "{told}: {shown}");
                    }
                }
            } else {
                assert!(!notice.contains("Who can mend it"), "{notice}");
            }
            assert!(page.has("form[action$='/retry'] button"), "it can be tried all the same");
            assert_eq!(page.has("form[action$='/retry'] button.primary"), leads_on, "{code}");
            assert_eq!(notice.contains("in the name of Olivia Ortiz"), leads_on, "{notice}");
        }
    })
    .await;
}
