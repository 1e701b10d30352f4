/** Who runs the mobile networks of mainland China, and the codes (MCC 460, MNC) of each; ITU-T E.212. */
export const operators = [
  { code: 'cmcc', zh: '中国移动', en: 'China Mobile', networks: [0, 2, 4, 7, 8, 13] },
  { code: 'cucc', zh: '中国联通', en: 'China Unicom', networks: [1, 6, 9, 10] },
  { code: 'ctcc', zh: '中国电信', en: 'China Telecom', networks: [3, 5, 11, 12] },
  { code: 'cbn', zh: '中国广电', en: 'China Broadnet', networks: [15] },
] as const;

export const CHINA_MCC = 460;

/** The operator that people mean by this: its code, its name, or the name without “中国”; else what they wrote. */
export function operatorCalled(name: string): string {
  const said = name.trim().toLowerCase();
  const known = operators.find(({ code, zh, en }) =>
    [code, zh, zh.slice(2), en.toLowerCase(), en.slice('China '.length).toLowerCase()].includes(said),
  );
  return known?.code ?? name.trim();
}
