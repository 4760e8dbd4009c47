import { $ } from './dom.js';
import { onSignOut, report } from './session.js';
import { showTokens } from './tokens.js';
import { nameOf, userPicker } from './user-picker.js';
import { onShow } from './views.js';

async function list(user, note) {
  note(`Loading the tokens of ${nameOf(user)}…`);
  try {
    await showTokens(user);
  } catch (error) {
    report(error, 'list');
  }
}

const picker = userPicker($('owner'), $('owners'), $('owner-note'), list);

onShow('find', picker.reset);
onSignOut(picker.reset);
