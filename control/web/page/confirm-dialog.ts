/** Asks before something that can't be undone. */
import { element } from './element.ts';

/** @returns whether the user agreed; Escape and Cancel are no. */
export function confirmAction(question: { title: string; text: string; action: string }): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const cancel = element('button', { type: 'button', class: 'button-quiet' }, 'Cancel');
  const agree = element('button', { type: 'button', class: 'button-main button-danger' }, question.action);
  const dialog = element(
    'dialog',
    { class: 'confirm', 'aria-labelledby': 'confirm-title' },
    element('h2', { id: 'confirm-title' }, question.title),
    element('p', {}, question.text),
    element('div', { class: 'dialog-actions' }, cancel, agree),
  );
  cancel.addEventListener('click', () => dialog.close());
  agree.addEventListener('click', () => dialog.close('agreed'));
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'agreed');
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
