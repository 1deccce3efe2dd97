//! In whose language, zone and colours a page is: the browser's, or what somebody has chosen for
//! themselves. What is kept is kept in none of them.

use std::time::Duration;

use reqwest::StatusCode;

use super::{
    asking::{create, instance, request_access, status},
    world::on_each_database,
};

const GERMAN: [(&str, &str); 4] =
    [("language", "de"), ("zone", "Europe/Berlin"), ("theme", "dark"), ("density", "compact")];

#[tokio::test]
async fn a_page_speaks_the_language_of_the_browser() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        for (speaks, lang, hello) in [
            ("", "en", "Hello Nina"),
            ("de-AT, en;q=0.8", "de", "Hallo Nina"),
            ("fr, en;q=0.4, de;q=0.5", "de", "Hallo Nina"),
            ("fr-CH, es", "en", "Hello Nina"),
            ("de;q=x, *, ;;", "en", "Hello Nina"),
            // The demo alone speaks between brackets.
            ("en-XA", "en", "Hello Nina"),
        ] {
            nina.speak(speaks);
            let page = nina.open("/").await;
            assert_eq!(page.html_attribute("html", "lang"), lang, "{speaks}");
            assert_eq!(page.one("h1"), hello, "{speaks}");
        }

        // Strangers too, and whoever gets an error.
        let stranger = world.browser();
        stranger.speak("de");
        let page = stranger.fetch("/signed-out").await;
        assert_eq!(page.html_attribute("html", "lang"), "de");
        assert!(page.says("Anmelden"), "{}", page.words());
        let page = stranger.fetch("/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert_eq!(page.html_attribute("html", "lang"), "de");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_chose_goes_with_them_into_every_browser() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let page = nina.open("/settings").await;
        assert!(!page.has("html[data-theme]") && !page.has("html[data-density]"));
        let page = nina.press(&page, "Save", &GERMAN).await;
        assert_eq!(page.path(), "/settings?said=settings");
        assert!(page.says("Ihre Einstellungen wurden gespeichert."), "{}", page.words());
        for (field, value) in GERMAN {
            let chosen = page.html_attribute(&format!("#{field} option[selected]"), "value");
            // A zone is its own words.
            assert_eq!(chosen, value, "{field}");
        }

        let elsewhere = world.person("nina").await;
        elsewhere.speak("en");
        let page = elsewhere.open("/").await;
        assert_eq!(page.one("h1"), "Hallo Nina");
        assert_eq!(page.html_attribute("html", "data-theme"), "dark");
        assert_eq!(page.html_attribute("html", "data-density"), "compact");
        let other = world.person("uma").await;
        assert_eq!(other.open("/").await.one("h1"), "Hello Uma");

        // Back to what the browser says.
        let page = elsewhere.open("/settings").await;
        let none = GERMAN.map(|(field, _)| (field, ""));
        let page = elsewhere.press(&page, "Speichern", &none).await;
        assert!(page.says("Your settings have been saved."), "{}", page.words());
        assert!(!page.has("html[data-theme]"));
    })
    .await;
}

#[tokio::test]
async fn what_the_page_does_not_offer_is_not_kept() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        for (field, wrong) in [
            ("language", "fr"),
            ("language", "en-XA"),
            ("zone", "Europe/Nowhere"),
            ("zone", "../../etc/passwd"),
            ("zone", "europe/berlin"),
            ("zone", "US/Eastern"),
            ("theme", "pink"),
            ("density", "<b>"),
        ] {
            let mut fields = GERMAN;
            for one in &mut fields {
                if one.0 == field {
                    one.1 = wrong;
                }
            }
            let page = nina.send("/settings", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {wrong}");
            assert!(page.says("Nothing was saved"), "{}", page.words());
        }
        assert_eq!(nina.open("/").await.one("h1"), "Hello Nina");
    })
    .await;
}

#[tokio::test]
async fn moments_are_told_as_so_long_ago_and_exactly_in_the_readers_zone() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        request_access(&nina, "data_owner").await;
        let asked_at = world.app.clock.now();
        world.wait(Duration::from_secs(3 * 60 * 60)).await;
        let nina = world.person("nina").await;
        let exact = |zone: &str| {
            let zone = jiff::tz::TimeZone::get(zone).unwrap();
            asked_at.timestamp().to_zoned(zone).strftime("%H:%M %Z").to_string()
        };
        let told = nina.open("/requests").await.one("tbody time");
        assert!(told.starts_with("3 hours ago"), "{told}");
        assert!(told.ends_with(&exact("UTC")), "{told}");

        // The script says in which zone the browser is; what is none is not believed.
        let zone = |name: &str| {
            let mut cookies = nina.cookies.lock().unwrap();
            cookies.insert("twindesk_zone".to_owned(), name.to_owned());
        };
        zone("Asia/Kolkata");
        let told = nina.open("/requests").await.one("tbody time");
        assert!(told.ends_with(&exact("Asia/Kolkata")), "{told}");
        zone("<script>");
        let told = nina.open("/requests").await.one("tbody time");
        assert!(told.ends_with(&exact("UTC")), "{told}");

        let page = nina.open("/settings").await;
        nina.press(&page, "Save", &GERMAN).await;
        let told = nina.open("/requests").await.one("tbody time");
        assert!(told.starts_with("vor 3 Stunden"), "{told}");
        assert!(told.ends_with(&exact("Europe/Berlin")), "{told}");
    })
    .await;
}

#[tokio::test]
async fn each_reads_the_same_history_in_their_own_language() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        carl.speak("de");
        // A German form asks for the very same thing.
        let page = create(&carl, &instance("dt-lab")).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Wartet auf Genehmigung");
        assert_eq!(page.one("h1"), "Instanz dt-lab erstellen");
        let page = uma.open(&request).await;
        assert_eq!(page.one("h1"), "Create instance dt-lab");
        uma.speak("de");
        let page = uma.open(&request).await;
        uma.press(&page, "Genehmigen", &[]).await;
        world.let_it_work().await;

        uma.speak("en");
        let english = uma.open(&request).await.all(".timeline li").join(" | ");
        for told in ["asked: Create instance dt-lab", "approved the plan", "as Succeeded"] {
            assert!(english.contains(told), "{told}: {english}");
        }
        let german = carl.open(&request).await.all(".timeline li").join(" | ");
        for told in ["Instanz dt-lab erstellen", "genehmigt", "A twin of the press line."] {
            assert!(german.contains(told), "{told}: {german}");
        }
        for english in ["Create", "asked", "shows", "approved"] {
            assert!(!german.contains(english), "{english}: {german}");
        }
        // What lists, searches and auditors' files rest on is one language, whoever asked.
        let rows = world.rows().await.join("\n");
        assert!(rows.contains("Create instance dt-lab"));
        for german in ["Instanz dt-lab", "Wartet auf", "genehmigt", "Azure zeigt"] {
            assert!(!rows.contains(german), "{german} was kept");
        }
    })
    .await;
}
