import { $, element, fact, text } from './dom.js';
import { onSignOut } from './session.js';
import { nameOf } from './user-picker.js';

const dialog = $('confirm');

/**
 * Asks whether to revoke a token, in a modal dialog. Cancel and Escape mean no. Afterwards the focus returns to where
 * it was.
 */
export function confirmRevocation(token, title, owner, isOwn) {
  $('confirm-facts').replaceChildren(
    fact('Token', title),
    fact('User', nameOf(owner)),
    fact('Id', [element('code', text(token.id))]),
  );
  $('confirm-own').hidden = !isOwn;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'revoke'), { once: true });
  });
}

$('confirm-cancel').addEventListener('click', () => dialog.close());
$('confirm-revoke').addEventListener('click', () => dialog.close('revoke'));
onSignOut(() => dialog.close());
