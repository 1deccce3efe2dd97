pub async fn people() -> super::Error {
    super::Error::Missing
}
