import { findProgram, isCi, programNames } from './requirements.ts';
import { hasSharedData } from './shared-data.ts';

/** Says before the first test what of the machine is missing, and so which tests are skipped (with CI=true: fail). */
export function setup(): void {
  const absent = programNames.filter((name) => !findProgram(name));
  const fate = isCi() ? 'their tests fail' : 'their tests are skipped';
  if (absent.length > 0) console.log(`Not installed, so ${fate}: ${absent.join(', ')}`);
  if (!hasSharedData())
    console.log('No recorded data beside the checkout (../shared/data): its tests are skipped');
}
