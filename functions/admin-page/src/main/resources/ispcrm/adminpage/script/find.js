async function list(user, note) {
  note(`Loading the tokens of ${nameOf(user)}…`);
  try {
    await showTokens(user);
  } catch (error) {
    report(error, 'list');
  }
}

const ownerPicker = userPicker($('owner'), $('owners'), $('owner-note'), list);

onShow('find', ownerPicker.reset);
onSignOut(ownerPicker.reset);
