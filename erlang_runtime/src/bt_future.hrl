%% What the modules that touch the tables of futures share.

-define(KEEPER, bt_future).            % the registered name, also seen from other nodes
-define(ROWS, bt_future_rows).         % {Id, Outcome, Handle}
-define(WAITING, bt_future_waiting).   % {Id, Alias, Pid, Word}, keeps Word alive

%% The word of a future: open, or settled with a small value, or with one in the table.
-define(PENDING, 0).
-define(STORED, 1).
-define(WAITERS, 2).
-define(NIL, 3).
-define(TRUE, 4).
-define(FALSE, 5).
-define(OK, 6).
-define(SMALL, 8).                     % in the four lowest bits, the integer above them
-define(SMALL_LIMIT, 16#400000000000000).
