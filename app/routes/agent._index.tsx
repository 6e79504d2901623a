import { Link } from '@remix-run/react';
import { useDesk } from '../desk/desk-context.ts';
import { EmptyPane } from '../desk/empty-pane.tsx';
import { groupQueue } from '../desk/queue.ts';

export default function DeskStart() {
  const { agent, queue } = useDesk();
  const { waiting, active } = groupQueue(queue.conversations, agent.id);
  const [next] = waiting;
  if (!next) {
    return (
      <EmptyPane title="Nobody is waiting">
        <p>
          {active.length > 0
            ? 'Choose a conversation on the left to go on with it.'
            : 'New conversations appear here by themselves.'}
        </p>
      </EmptyPane>
    );
  }
  return (
    <EmptyPane
      title={waiting.length === 1 ? 'One person is waiting' : `${waiting.length} people are waiting`}
    >
      <p>Choose a conversation on the left, or begin with who has waited longest.</p>
      <Link className="button" to={`/agent/conversations/${next.id}`}>
        Open the longest waiting
      </Link>
    </EmptyPane>
  );
}
