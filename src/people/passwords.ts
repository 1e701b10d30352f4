import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default algorithm) with 19 MiB and two passes: OWASP's first choice, about 6 ms here. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Returns the PHC string of a password, with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

/** Whether `password` belongs to the PHC string; a string that is none belongs to nothing. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  try {
    return await verify(phc, password);
  } catch {
    return false;
  }
}

let decoy: Promise<string> | undefined;

/** Takes as long as `verifyPassword` and is always false: an unknown login must not be told from a wrong password by the time. */
export async function verifyNobody(password: string): Promise<false> {
  decoy ??= hashPassword('nobody has this password');
  await verifyPassword(await decoy, password);
  return false;
}
