import { config } from './config';
import { Menu, MenuItem } from './Menu';
import { logIn, logOut, session } from './session';
import { useStore } from './store';

/** Logs in by two clicks. */
export function AccountMenu() {
  const state = useStore(session);
  if (!config.login) return null;
  const current = state.session?.account;
  return (
    <>
      {state.problem && (
        <span className="bar-problem" role="alert" title={state.problem}>
          {state.problem}
        </span>
      )}
      <Menu className="account" label={label(current?.name, state.pending?.name)}>
        {config.login.accounts.map((account) => (
          <MenuItem key={account.name} name={account.name} about={account.role} onChoose={() => void logIn(account)}>
            <Face name={account.name} />
          </MenuItem>
        ))}
        {current && <MenuItem name="Log out" onChoose={logOut} />}
      </Menu>
    </>
  );
}

function label(current?: string, pending?: string) {
  if (pending) return `${pending} …`;
  if (!current) return 'Log in';
  return (
    <>
      <Face name={current} />
      {current}
    </>
  );
}

function Face({ name }: { name: string }) {
  const initials = name.split(' ').map((word) => word[0]);
  return <i className="face">{initials.slice(0, 2).join('')}</i>;
}
