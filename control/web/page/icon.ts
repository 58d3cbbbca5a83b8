/** Icons as paths on a 24 × 24 grid, drawn with the text's colour. */
const paths = {
  play: 'M8 5.5v13l10.5-6.5z',
  stop: 'M7 7h10v10H7z',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  clipboard: 'M9 5H6.5v15h11V5H15M9 3.5h6v3.5H9z',
  fullscreen: 'M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15',
  leaveFullscreen: 'M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5',
  power: 'M12 3.5v8M7 6.3a7.5 7.5 0 1 0 10 0',
  signOut: 'M10 4.5H5v15h5M9.5 12H20M16 8l4 4-4 4',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2z',
  close: 'M6 6l12 12M18 6 6 18',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2',
  question: 'M9 9.3a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1.1-1.3 2.2M12 17.3v.2',
  desktop: 'M3.5 4.5h17v11.5h-17zM9 20h6M12 16v4',
} as const;

export type IconName = keyof typeof paths;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** A decorative icon: hidden from screen readers, for the text beside it says the same. */
export function icon(name: IconName, className = 'icon'): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', paths[name]);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(path);
  return svg;
}

/** The product's mark: a raised gate with water passing under it. */
export function mark(): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('class', 'mark');
  svg.setAttribute('aria-hidden', 'true');
  const parts: Array<[string, string]> = [
    ['mark-ground', 'M8 1h16a7 7 0 0 1 7 7v16a7 7 0 0 1-7 7H8a7 7 0 0 1-7-7V8a7 7 0 0 1 7-7z'],
    ['mark-gate', 'M9 6h3v20H9zM20 6h3v20h-3zM12 8h8v7h-8z'],
    ['mark-water', 'M6 22.5c2-1.6 4-1.6 6 0s4 1.6 6 0 4-1.6 6 0'],
  ];
  for (const [className, shape] of parts) {
    const path = document.createElementNS(svgNamespace, 'path');
    path.setAttribute('d', shape);
    path.setAttribute('class', className);
    svg.append(path);
  }
  return svg;
}
