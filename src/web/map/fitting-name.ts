/** What a grid is called by those who live there stands in brackets behind its number: 湖滨第二网格（花园）. */
const inBrackets = /[（(]([^（）()]+)[）)]\s*$/;

/** The name, or what stands in its brackets, if it is no wider than so many ems; else nothing, for names that overlap cannot be read. */
export function fittingName(name: string, ems: number): string | undefined {
  const short = inBrackets.exec(name)?.[1];
  return [name, short].find((one) => one !== undefined && emsOf(one) <= ems);
}

/** A Chinese character is as wide as it is high, a Latin one about half of that. */
function emsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (character < '\u2e80' ? 0.56 : 1), 0);
}
