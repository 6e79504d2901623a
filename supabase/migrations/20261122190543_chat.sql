CREATE TABLE "canned_responses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"shortcut" text NOT NULL,
	"content" text NOT NULL,
	"category" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "canned_responses_shortcut_unique" UNIQUE("shortcut"),
	CONSTRAINT "canned_responses_shortcut" CHECK (shortcut ~ '^/[^[:space:]]{1,40}$')
);
--> statement-breakpoint
ALTER TABLE "canned_responses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "chat_agents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"avatar_url" text,
	"role" text DEFAULT 'agent' NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"is_online" boolean DEFAULT false NOT NULL,
	"max_chats" integer DEFAULT 5 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_agents_role" CHECK (role in ('agent', 'admin')),
	CONSTRAINT "chat_agents_max_chats" CHECK (max_chats between 0 and 1000),
	CONSTRAINT "chat_agents_name" CHECK (length(btrim(name)) between 1 and 80)
);
--> statement-breakpoint
ALTER TABLE "chat_agents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"visitor_id" uuid NOT NULL,
	"agent_id" uuid,
	"status" text DEFAULT 'waiting' NOT NULL,
	"subject" text,
	"category" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"first_client_id" uuid,
	"head_seq" bigint DEFAULT 0 NOT NULL,
	"rev" bigint DEFAULT 0 NOT NULL,
	"epoch" bigint DEFAULT 1 NOT NULL,
	"visitor_read_seq" bigint DEFAULT 0 NOT NULL,
	"agent_read_seq" bigint DEFAULT 0 NOT NULL,
	"last_message_at" timestamp with time zone,
	"first_response_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "conversations_status" CHECK (status in ('waiting', 'active', 'closed')),
	CONSTRAINT "conversations_closed_at" CHECK ((status = 'closed') = (closed_at is not null))
);
--> statement-breakpoint
ALTER TABLE "conversations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"sender_id" uuid NOT NULL,
	"sender_role" text NOT NULL,
	"sender_name" text NOT NULL,
	"client_id" uuid NOT NULL,
	"message_type" text DEFAULT 'text' NOT NULL,
	"content" text,
	"attachment_url" text,
	"attachment_name" text,
	"event" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "messages_conversation_seq" UNIQUE("conversation_id","seq"),
	CONSTRAINT "messages_client_id" UNIQUE("conversation_id","sender_id","client_id"),
	CONSTRAINT "messages_seq" CHECK (seq > 0),
	CONSTRAINT "messages_sender_role" CHECK (sender_role in ('visitor', 'agent', 'system')),
	CONSTRAINT "messages_type" CHECK (message_type in ('text', 'image', 'file', 'system')),
	CONSTRAINT "messages_system" CHECK ((sender_role = 'system') = (message_type = 'system'))
);
--> statement-breakpoint
ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "chat_agents" ADD CONSTRAINT "chat_agents_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_visitor_id_users_id_fk" FOREIGN KEY ("visitor_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_agent_id_chat_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."chat_agents"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_one_active_per_visitor" ON "conversations" USING btree ("visitor_id") WHERE status in ('waiting', 'active');--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_first_message" ON "conversations" USING btree ("visitor_id","first_client_id");--> statement-breakpoint
CREATE INDEX "conversations_visitor" ON "conversations" USING btree ("visitor_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "conversations_open" ON "conversations" USING btree ("status","created_at") WHERE status in ('waiting', 'active');--> statement-breakpoint
CREATE INDEX "conversations_agent" ON "conversations" USING btree ("agent_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "conversations_recent" ON "conversations" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE POLICY "agents_read_canned" ON "canned_responses" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_agent()));--> statement-breakpoint
CREATE POLICY "agents_are_shown" ON "chat_agents" AS PERMISSIVE FOR SELECT TO "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "visitors_read_own_conversations" ON "conversations" AS PERMISSIVE FOR SELECT TO "authenticated" USING (visitor_id = (select auth.uid()));--> statement-breakpoint
CREATE POLICY "agents_read_conversations" ON "conversations" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_agent()));--> statement-breakpoint
CREATE POLICY "participants_read_messages" ON "messages" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_agent()) or conversation_id in (select id from public.conversations where visitor_id = (select auth.uid())));