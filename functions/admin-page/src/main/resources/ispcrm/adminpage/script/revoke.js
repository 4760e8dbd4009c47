const dialog = $('confirm');

/** Asks whether to revoke a valid token. Resolves as `ask`. */
const confirmRevocation = (token, title, owner, isOwn) =>
  ask({
    title: 'Revoke this token?',
    words: 'Programs that use it lose access with their next request. You cannot undo this.',
    ownWords: isOwn ? 'You are signed in with this token. Revoking it signs you out.' : '',
    facts: factsOf(token, title, owner),
    offersDescendants: true,
    cancel: 'Keep the token',
    revoke: 'Revoke the token',
  });

/** Asks whether to revoke the tokens that a token created, which itself is no longer valid. Resolves as `ask`. */
const confirmRevocationOfDescendants = (token, title, owner) =>
  ask({
    title: 'Revoke what this token created?',
    words:
      'Every token that it created, and that those created, stops working with its next request. ' +
      'You cannot undo this. It takes a few seconds.',
    facts: factsOf(token, title, owner),
    cancel: 'Keep the tokens',
    revoke: 'Revoke the tokens',
  });

/** Asks whether to revoke all tokens of a user. Resolves as `ask`. */
const confirmRevocationOfAll = (owner, isOwn) =>
  ask({
    title: 'Revoke all tokens of this user?',
    words:
      'All tokens that the user has now stop working with their next request, whatever their number, also those that ' +
      'this page does not show. Tokens that are created later work. You cannot undo this.',
    ownWords: isOwn
      ? 'You are signed in with one of them. You will be signed out, and need a token from another administrator.'
      : '',
    facts: [fact('User', nameOf(owner)), fact('Id', [element('code', text(owner.id))])],
    cancel: 'Keep the tokens',
    revoke: 'Revoke all tokens',
  });

const factsOf = (token, title, owner) => [
  fact('Token', title),
  fact('User', nameOf(owner)),
  fact('Id', [element('code', text(token.id))]),
];

/**
 * Asks in a modal dialog. Cancel and Escape mean no. Afterwards the focus returns to where it was. Resolves to null for
 * no, and otherwise to an object that says whether the descendants were selected.
 */
function ask({ title, words, ownWords = '', facts, offersDescendants = false, cancel, revoke }) {
  $('confirm-title').textContent = title;
  $('confirm-text').textContent = words;
  $('confirm-own').textContent = ownWords;
  $('confirm-own').hidden = ownWords === '';
  $('confirm-facts').replaceChildren(...facts);
  $('confirm-also').hidden = !offersDescendants;
  $('confirm-descendants').checked = false;
  $('confirm-cancel').textContent = cancel;
  $('confirm-revoke').textContent = revoke;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = () =>
      resolve(dialog.returnValue === 'revoke' ? { withDescendants: $('confirm-descendants').checked } : null);
    dialog.addEventListener('close', answer, { once: true });
  });
}

$('confirm-cancel').addEventListener('click', () => dialog.close());
$('confirm-revoke').addEventListener('click', () => dialog.close('revoke'));
onSignOut(() => dialog.close());
