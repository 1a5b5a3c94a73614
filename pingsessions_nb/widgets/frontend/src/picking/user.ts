/* What a row of the picker shows of a user, as Python's `user_cards` gathers it. */

export interface User {
  id: string;
  name: string;
  username?: string | null;
  population?: string | null;
  last_sign_on_at?: number | null;
  enabled?: boolean | null;
}
