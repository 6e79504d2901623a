import { useParams } from '@remix-run/react';
import { z } from 'zod';
import { ConversationScreen } from '../desk/conversation-screen.tsx';
import { EmptyPane } from '../desk/empty-pane.tsx';

/** No loader: the frame's loader has let the agent in, and what is shown comes from the room itself. */
export default function ConversationPage() {
  const id = z.uuid().safeParse(useParams().id);
  if (!id.success) return <EmptyPane title="This conversation no longer exists" />;
  return <ConversationScreen key={id.data} id={id.data} />;
}
