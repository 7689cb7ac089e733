import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export interface Certificate {
  key: string
  cert: string
}

/**
 * A fresh self-signed certificate for a DNS name or an IPv4 address (RFC 5280 §4.1), valid for one
 * day. Node has no function that makes one.
 */
export function selfSigned(name: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = toBeSigned(name, publicKey)
  const certificate = sequence(
    signed,
    ecdsaWithSha256,
    bitString(sign('sha256', signed, privateKey))
  )
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: [
      '-----BEGIN CERTIFICATE-----',
      certificate.toString('base64'),
      '-----END CERTIFICATE-----',
      ''
    ].join('\n')
  }
}

function toBeSigned(name: string, publicKey: KeyObject): Buffer {
  const day = 86_400_000
  const subject = sequence(der(0x31, sequence(oid(0x55, 4, 3), der(0x0c, Buffer.from(name)))))
  return sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    subject,
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        sequence(oid(0x55, 29, 17), der(0x04, sequence(alternativeName(name)))),
        sequence(oid(0x55, 29, 19), der(0x04, sequence(der(0x01, Buffer.from([0xff])))))
      )
    )
  )
}

function alternativeName(name: string): Buffer {
  return /^[\d.]+$/.test(name)
    ? der(0x87, Buffer.from(name.split('.').map(Number)))
    : der(0x82, Buffer.from(name))
}

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2))

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]))
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.from([value]))
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes))
}

function utcTime(time: number): Buffer {
  const [date = ''] = new Date(time).toISOString().split('.')
  return der(0x17, Buffer.from(`${date.replace(/[-:T]/g, '').slice(2)}Z`))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
