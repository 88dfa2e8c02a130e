import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  /** Its own authority. */
  readonly certificate: string;
}

/**
 * For servers on the loopback interface, by name and by number. Clients of Go's TLS (restic, rclone) look at the subjectAltName alone,
 * never at the common name.
 */
export async function localhostCertificate(): Promise<Certificate> {
  const day = 86_400_000;
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'fukugen rehearsal' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + 30 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key, certificate: cert };
}
