// A self-signed certificate for "localhost" and its key, made for these tests only; valid until 2126.
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUGTFvi0jpFYi2lT8YS4nwMzDvy1YwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE4MzQzMVoYDzIxMjYxMDMw
MTgzNDMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAShtxyLm+VlNzB1kLuZNg96aYMNfuRVdXX+ws9ULOEQcrhOYri8O4oS
pYnI08tbcysZJzra5iCPTH5kRxavRKWYo1MwUTAdBgNVHQ4EFgQUyt6qM1UuNe2/
NHX1SBOJx6UFrKgwHwYDVR0jBBgwFoAUyt6qM1UuNe2/NHX1SBOJx6UFrKgwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAyQSDR/cX4tdn0WbwMbJb
89XGvFAhLcFjXksp52Z/i2gCIQCqWML1lfQcH+U+Tc2WSgafQgh1kIg8lEK7Jpj9
fYXcOQ==
-----END CERTIFICATE-----
`;

/** Not a secret: it protects nothing. */
export const testCertificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcnMijREQ+CI7OCi8
ivanHfqfLMMpUvIbmm7P5hfwJ5ChRANCAAShtxyLm+VlNzB1kLuZNg96aYMNfuRV
dXX+ws9ULOEQcrhOYri8O4oSpYnI08tbcysZJzra5iCPTH5kRxavRKWY
-----END PRIVATE KEY-----
`;
