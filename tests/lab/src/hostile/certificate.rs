//! Certificates that nobody should trust, and the authority by which they would be good otherwise.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The name by which hostile servers are asked.
const NAME: &str = "localhost";

/// A certificate authority of one run: whoever trusts it can tell one fault of a certificate from another.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "lab");
        let pem = params.self_signed(&key).map_err(io::Error::other)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// Its certificate, as trust stores take it.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its time is over.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub fn expired(&self) -> io::Result<TlsAcceptor> {
        let mut params = params(NAME)?;
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self.signed(params)
    }

    /// It is of another name.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub fn of_another_name(&self) -> io::Result<TlsAcceptor> {
        self.signed(params("elsewhere.example.com")?)
    }

    /// Signed by nobody else.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub fn self_signed() -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params(NAME)?.self_signed(&key).map_err(io::Error::other)?;
        acceptor(certificate.der().clone(), &key)
    }

    fn signed(&self, params: CertificateParams) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        acceptor(certificate.der().clone(), &key)
    }
}

fn params(name: &str) -> io::Result<CertificateParams> {
    CertificateParams::new(vec![name.to_owned()]).map_err(io::Error::other)
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> io::Result<TlsAcceptor> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
