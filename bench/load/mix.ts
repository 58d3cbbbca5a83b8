/** Who does what on the desktops of a load. Pure. */

export const desktopKinds = ['video', 'typing', 'idle'] as const;
export type DesktopKind = (typeof desktopKinds)[number];

/** Shares that add up to 1. */
export type Mix = Readonly<Record<DesktopKind, number>>;

/** Mixes with a name. */
export const namedMixes: Readonly<Record<string, string>> = {
  office: 'typing=60,idle=35,video=5',
  media: 'video=50,typing=30,idle=20',
};

/** "video=10,typing=60,idle=30", in any unit; or one kind; or a mix with a name. @throws for anything else */
export function parseMix(text: string): Mix {
  const weights: Record<DesktopKind, number> = { video: 0, typing: 0, idle: 0 };
  for (const part of (namedMixes[text] ?? text).split(',')) {
    const [name = '', weight = '1'] = part.trim().split('=');
    const kind = desktopKinds.find(known => known === name);
    const value = Number(weight);
    if (kind === undefined || !(value >= 0)) {
      const names = [...desktopKinds, ...Object.keys(namedMixes)].join(', ');
      throw new Error(`"${part}" is no part of a mix: NAME=WEIGHT with commas, of ${names}`);
    }
    weights[kind] += value;
  }
  const sum = desktopKinds.reduce((total, kind) => total + weights[kind], 0);
  if (sum === 0) throw new Error(`the mix "${text}" has no desktops in it`);
  return { video: weights.video / sum, typing: weights.typing / sum, idle: weights.idle / sum };
}

/** A number from 0 to 1 for each stream; any run of streams has them spread evenly. */
export const spreadOf = (index: number): number => (index * 0.618_033_988_749_895 + 0.25) % 1;

/** The kind of a stream's desktop: any run of streams has the mix's shares, as nearly as its length allows. */
export function kindOf(mix: Mix, index: number): DesktopKind {
  let left = spreadOf(index);
  for (const kind of desktopKinds) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  return desktopKinds.findLast(kind => mix[kind] > 0) ?? 'idle';
}
