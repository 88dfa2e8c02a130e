const cities: Readonly<Record<string, Readonly<Record<'en' | 'ja', string>>>> = {
  'ap-northeast-1': { en: 'Tokyo', ja: '東京' },
  'ap-northeast-3': { en: 'Osaka', ja: '大阪' },
};

/** What people call a Region, whose codes differ by one digit here. @returns `undefined` for one that this project has no word for */
export function cityOf(region: string, language: 'en' | 'ja'): string | undefined {
  return cities[region]?.[language];
}
