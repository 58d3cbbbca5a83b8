/** One workspace image in the launcher. */
import type { Image } from './api.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';
import { hueOf, initialsOf, pictureAddress } from './image-tile.ts';

/** The whole card is one button: large target, one stop for the keyboard. */
export function imageCard(image: Image, launch: () => void): HTMLButtonElement {
  const name = image.friendly_name ?? image.name ?? 'Desktop';
  const card = element('button', { type: 'button', class: 'card', onclick: launch });
  const description = image.description?.trim() ?? '';
  card.append(
    picture(image, name),
    element(
      'span',
      { class: 'card-text' },
      element('span', { class: 'card-name' }, name),
      description === '' ? undefined : element('span', { class: 'card-description quiet' }, description),
    ),
    element('span', { class: 'card-go', 'aria-hidden': 'true' }, icon('play')),
  );
  return card;
}

/** The image's own picture; a coloured tile with its initials when it has none or it doesn't load. */
function picture(image: Image, name: string): HTMLElement {
  const tile = element(
    'span',
    { class: `tile tile-${hueOf(name)}`, 'aria-hidden': 'true' },
    initialsOf(name),
  );
  const address = pictureAddress(image.image_src ?? '', location.origin);
  if (address === undefined) return tile;
  const img = element('img', {
    class: 'tile',
    src: address,
    alt: '',
    width: 56,
    height: 56,
    loading: 'lazy',
  });
  img.addEventListener('error', () => img.replaceWith(tile));
  return img;
}
