/** How a country writes its phone numbers. Patterns are of the national number, without the trunk prefix. */
export interface NumberingPlan {
  code: string;
  /** What is dialled before a national number inside the country; '' where there is nothing. */
  trunk: string;
  /** Numbers that people also write without the trunk prefix. */
  mobile: string;
  fixed: string;
  /**
   * Groupings that nobody in the country uses: what is grouped like that is another country's national number, though
   * its digits might pass. `fixed` is not asked of mobile numbers.
   */
  strange?: { any: string; fixed: string };
}

const NORTH_AMERICA: NumberingPlan = {
  code: '1',
  trunk: '1',
  mobile: '[2-9]\\d{2}[2-9]\\d{6}',
  fixed: '[2-9]\\d{2}[2-9]\\d{6}',
};

/** By ISO 3166 code. Lengths and leading digits only: whether a number is in service nobody can tell from it. */
export const NUMBERING_PLANS: Record<string, NumberingPlan> = {
  KE: {
    code: '254',
    trunk: '0',
    mobile: '7\\d{8}|1[0-4]\\d{7}',
    // A subscriber's number begins with no 0 and no 1.
    fixed: '[24]0[2-9]\\d{5,6}|(?:4[1-6]|5\\d|6\\d)[2-9]\\d{4,6}|800\\d{5,6}|900\\d{5,6}',
    // Area codes have three digits and their 0; mobile numbers stand in groups of four, three and three.
    strange: { any: '^(?:\\([1-9]|\\(?01\\d[^0-9])', fixed: '^\\(?0(?:\\d?|\\d{3,})[^0-9]' },
  },
  UG: { code: '256', trunk: '0', mobile: '7\\d{8}', fixed: '[234]\\d{8}|800\\d{6}' },
  TZ: { code: '255', trunk: '0', mobile: '[67]\\d{8}', fixed: '2[2-8]\\d{7}|8\\d{8}' },
  RW: { code: '250', trunk: '0', mobile: '7[2389]\\d{7}', fixed: '2[25]\\d{7}' },
  ET: { code: '251', trunk: '0', mobile: '[79]\\d{8}', fixed: '[1-5]\\d{8}' },
  NG: { code: '234', trunk: '0', mobile: '[789][01]\\d{8}', fixed: '20\\d{8}|[1-9]\\d{6,7}' },
  GH: { code: '233', trunk: '0', mobile: '[25]\\d{8}', fixed: '3\\d{8}|800\\d{5}' },
  ZA: { code: '27', trunk: '0', mobile: '[67]\\d{8}|8[1-4]\\d{7}', fixed: '[1-58]\\d{8}' },
  GB: { code: '44', trunk: '0', mobile: '7\\d{9}', fixed: '[1238]\\d{8,9}|[59]\\d{9}' },
  DE: { code: '49', trunk: '0', mobile: '1[567]\\d{8,9}', fixed: '[2-9]\\d{5,10}' },
  FR: { code: '33', trunk: '0', mobile: '[67]\\d{8}', fixed: '[1-589]\\d{8}' },
  IN: { code: '91', trunk: '0', mobile: '[6-9]\\d{9}', fixed: '[1-8]\\d{9}' },
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
};
