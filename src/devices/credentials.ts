import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Secrets of devices are made by us with 144 bits of chance, so a salted SHA-256 is enough against guessing, and 20,000 wristbands
 * that reconnect at once do not cost minutes of key stretching as passwords of people would.
 */
export function newSecret(): string {
  return randomBytes(18).toString('base64url');
}

export interface SecretHash {
  salt: string;
  hash: string;
}

export function hashSecret(secret: string, salt = randomBytes(12).toString('base64url')): SecretHash {
  return { salt, hash: digest(secret, salt).toString('base64url') };
}

export function secretMatches(secret: Uint8Array, stored: SecretHash): boolean {
  const expected = Buffer.from(stored.hash, 'base64url');
  const given = digest(secret, stored.salt);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digest(secret: string | Uint8Array, salt: string): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}
