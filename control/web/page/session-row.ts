/** One running session in the launcher. */
import type { Kasm } from './api.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';
import { hueOf, initialsOf } from './image-tile.ts';
import { sentence } from './progress-text.ts';

export function sessionRow(kasm: Kasm, actions: { resume(): void; end(): void }): HTMLLIElement {
  const name = kasm.image?.friendly_name ?? kasm.image?.name ?? 'Desktop';
  const status = kasm.operational_status ?? 'running';
  const ending = status === 'deleting';
  const resume = element(
    'button',
    { type: 'button', class: 'button-main', disabled: ending, 'aria-label': `Resume ${name}` },
    icon('play'),
    'Resume',
  );
  resume.addEventListener('click', actions.resume);
  const end = element(
    'button',
    { type: 'button', class: 'button-quiet button-danger', disabled: ending, 'aria-label': `End ${name}` },
    icon('power'),
    'End',
  );
  end.addEventListener('click', () => {
    end.disabled = true;
    resume.disabled = true;
    actions.end();
  });
  return element(
    'li',
    { class: 'row' },
    element(
      'span',
      { class: `tile tile-small tile-${hueOf(name)}`, 'aria-hidden': 'true' },
      initialsOf(name),
    ),
    element(
      'span',
      { class: 'row-text' },
      element('span', { class: 'row-name' }, name),
      element(
        'span',
        { class: `status status-${status === 'running' ? 'running' : 'other'}` },
        statusText(status, kasm),
      ),
    ),
    element('span', { class: 'row-actions' }, resume, end),
  );
}

function statusText(status: string, kasm: Kasm): string {
  if (status === 'deleting') return 'Ending…';
  const since = Date.parse(
    `${(kasm.start_date ?? kasm.created_date ?? '').replace(' ', 'T').replace(/Z?$/, 'Z')}`,
  );
  if (status !== 'running' || Number.isNaN(since)) return sentence(status);
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(since);
  return `Running since ${time}`;
}
