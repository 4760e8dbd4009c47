/** Has the browser ask before it leaves the page. */
const keep = (event) => event.preventDefault();

/** Shows a new token: the only time that anyone sees its secret. */
function showResult(data, user) {
  const token = text(data.token);
  const ids = [`username ${text(user.username)}`, `customer ${text(user.customer_id)}`];
  if (user.id !== user.username) {
    ids.push(`id ${text(user.id)}`);
  }
  $('new-token').value = token;
  $('curl').value = `curl -H 'Authorization: Bearer ${token}' ${API}`;
  const facts = [fact('User', [element('b', nameOf(user)), element('br', []), element('span', ids.join(', '), 'soft')])];
  if (text(data.description)) {
    facts.push(fact('Description', text(data.description)));
  }
  facts.push(fact('Scopes', [reach(data), scopeList(texts(data.scopes))]));
  if (texts(data.allowed_ips).length > 0) {
    facts.push(fact('Addresses', texts(data.allowed_ips).join(', ')));
  }
  facts.push(fact('Expires', [shownTime(text(data.expires_at)), daysAhead(text(data.expires_at))]));
  $('done-facts').replaceChildren(...facts);
  addEventListener('beforeunload', keep);
  show('done');
  fit();
}

/** Makes the fields as high as what they hold, so that all of it is seen. */
function fit() {
  for (const field of [$('new-token'), $('curl')]) {
    field.rows = 1;
    while (field.scrollHeight > field.clientHeight && field.rows < 30) {
      field.rows += 1;
    }
  }
}

/** The token was copied, or is gone anyway. */
function release() {
  removeEventListener('beforeunload', keep);
}

function forgetResult() {
  release();
  for (const field of [$('new-token'), $('curl')]) {
    field.value = '';
  }
  $('done-facts').replaceChildren();
  $('copy-note').textContent = '';
}

async function copy(field, button, what) {
  try {
    await navigator.clipboard.writeText(field.value);
    release();
    $('copy-note').textContent = `Copied ${what}.`;
    button.firstChild.data = 'Copied';
    setTimeout(() => (button.firstChild.data = 'Copy'), 2000);
  } catch {
    // No clipboard over plain HTTP, or it was not allowed.
    field.focus();
    field.select();
    $('copy-note').textContent =
      'The browser does not allow this page to copy. The text is selected: press Ctrl+C, or ⌘C on a Mac.';
    $('copy-note').scrollIntoView({ block: 'nearest' });
  }
}

for (const field of [$('new-token'), $('curl')]) {
  field.addEventListener('focus', () => field.select());
  field.addEventListener('copy', release);
}
onSignOut(forgetResult);
$('copy-token').addEventListener('click', () => copy($('new-token'), $('copy-token'), 'the token'));
$('copy-curl').addEventListener('click', () => copy($('curl'), $('copy-curl'), 'the curl line'));
$('another').addEventListener('click', () => {
  forgetResult();
  show('start', $('start-button'));
});
addEventListener('resize', fit);
