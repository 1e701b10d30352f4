/** Some bands write the serial of a command in six digits; longer ones begin again. */
const SERIALS = 1_000_000;

/** Whether a device's answer acknowledges a command that was sent: by its serial where the answer has one, else by its name. */
export function isAnswerTo(
  sent: { id: number; answered_by: string | null },
  answer: { command: string; serial?: string | undefined },
): boolean {
  if (answer.serial === undefined) return sent.answered_by === answer.command;
  if (String(sent.id) === answer.serial) return true;
  return sent.answered_by === answer.command && String(Number(sent.id) % SERIALS) === answer.serial;
}
