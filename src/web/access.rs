use super::Error;
pub async fn blank() -> Error {
    Error::Missing
}
pub async fn fill() -> Error {
    Error::Missing
}
pub async fn ask() -> Error {
    Error::Missing
}
