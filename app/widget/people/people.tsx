import './people.css';

/** The screens only some need: loaded when they are first opened. */
export { AccountScreen } from './account-screen.tsx';
export { HistoryList } from './history-list.tsx';
