// What Redis does when a gateway tells what it used of limits, and asks for more: all at once, by its own
// clock.
//
// Each limit is a hash: `u<gateway>` is what that gateway has used in the window, `l<gateway>` what it has in
// hand; of requests at the same time also `d<gateway>`, how many it would have, and `t<gateway>`, since when
// it waits or has what it has. All are told anew each time, so that a server that lost them has them again
// soon; what gateways have used that are not there any more comes from the ledger (`seeds`) before money is
// given out.
//
// KEYS: that of all gateways, then one for each limit.
// ARGV: name, epoch, and for each limit: used, in hand, wanted, demand, limit, 1 for money and 2 for requests
// at the same time, begin and end of the window (seconds, 0: never), how many seeds (-1: not looked up), and
// those as names and amounts. Replies: {how many gateways, since when it knows anything, then for each limit:
// used by others, given, 1 where seeds are wanted, and of requests at the same time how many places those
// share who want some, where among them this one is (from 0), and of each in the order of their names:
// demand, in hand, for how long}, or {-1} where a later process has the name.
#pragma once

namespace gateway {

inline constexpr const char* lease_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me, epoch = ARGV[1], tonumber(ARGV[2])
local function whole(number) return string.format('%.0f', number) end
local mine = redis.call('HGET', KEYS[1], 'g' .. me)
if mine and tonumber(string.match(mine, '^%d+')) > epoch then return {-1} end
redis.call('HSET', KEYS[1], 'g' .. me, whole(epoch) .. ':' .. whole(now))
redis.call('HSETNX', KEYS[1], 'born', whole(now))
local born = tonumber(redis.call('HGET', KEYS[1], 'born'))
local live, here, alive = 0, {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local seen = tonumber(string.match(all[i + 1], ':(%d+)$'))
  if seen then
    if now - seen < 5000 then live = live + 1 end
    if now - seen < 1500 then alive[string.sub(all[i], 2)] = true end
    if now - seen <= 60000 then here['l' .. string.sub(all[i], 2)] = true end
    if now - seen > 86400000 then redis.call('HDEL', KEYS[1], all[i]) end
  end
end
local out, at = {live, whole(born)}, 3
for k = 2, #KEYS do
  local key = KEYS[k]
  local used, lease, wanted, limit = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 4])
  local kind, begins, ends = ARGV[at + 5], tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7])
  local seeds = tonumber(ARGV[at + 8])
  local demand, held, since = {[me] = tonumber(ARGV[at + 3])}, {}, {}
  at = at + 9
  if redis.call('EXISTS', key) == 0 then
    local since = begins * 1000
    if kind == '2' then since = now end  -- who has some of it in hand tells so all the time
    local is_complete = kind == '0' or since > born + 5000
    redis.call('HSET', key, 'from', is_complete and '0' or whole(now))
  end
  for i = 1, seeds do
    local field, amount = 'u' .. ARGV[at], ARGV[at + 1]
    at = at + 2
    local known = redis.call('HGET', key, field)
    if not known or tonumber(known) < tonumber(amount) then redis.call('HSET', key, field, amount) end
  end
  if seeds >= 0 then redis.call('HSET', key, 'seeded', '1') end
  if kind == '2' then
    local before = tonumber(redis.call('HGET', key, 'l' .. me) or lease)
    if demand[me] == 0 then redis.call('HDEL', key, 'd' .. me, 't' .. me)
    else
      redis.call('HSET', key, 'd' .. me, whole(demand[me]))
      if tonumber(lease) < before then redis.call('HSET', key, 't' .. me, whole(now))
      else redis.call('HSETNX', key, 't' .. me, whole(now)) end
    end
  end
  redis.call('HSET', key, 'u' .. me, used, 'l' .. me, lease)
  local others, leases, from, seeded = 0, 0, 0, false
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local name, value = fields[i], tonumber(fields[i + 1])
    local what, whose = string.sub(name, 1, 1), string.sub(name, 2)
    if name == 'from' then from = value
    elseif name == 'seeded' then seeded = true
    elseif what == 'u' then
      if name ~= 'u' .. me then others = others + value end
    elseif what == 'l' then
      if whose == me or here[name] then
        leases = leases + value
        held[whose] = value
      else redis.call('HDEL', key, name, 'd' .. whose, 't' .. whose) end
    elseif what == 'd' then demand[whose] = value
    elseif what == 't' then since[whose] = value
    end
  end
  local given = 0
  local is_complete = from == 0 or (seeded and now - from >= 300)
  if wanted > 0 and is_complete then
    given = math.min(wanted, limit - others - tonumber(used) - leases)
    if given > 0 then
      held[me] = tonumber(lease) + given
      since[me] = now
      redis.call('HSET', key, 'l' .. me, whole(held[me]))
      if kind == '2' then redis.call('HSET', key, 't' .. me, whole(now)) end
    else given = 0 end
  end
  if kind == '2' then redis.call('PEXPIRE', key, 3600000)
  elseif ends > 0 then redis.call('EXPIREAT', key, ends + 3600) end
  out[#out + 1] = whole(others)
  out[#out + 1] = whole(given)
  out[#out + 1] = (from ~= 0 and not seeded) and 1 or 0
  local sharers = {}
  if kind == '2' then
    local names, room = {}, limit
    for name, value in pairs(held) do
      if alive[name] and (demand[name] or 0) > 0 then names[#names + 1] = name else room = room - value end
    end
    table.sort(names)
    sharers = {whole(room), -1}
    for i, name in ipairs(names) do
      if name == me then sharers[2] = i - 1 end
      sharers[#sharers + 1] = whole(demand[name])
      sharers[#sharers + 1] = whole(held[name])
      sharers[#sharers + 1] = whole(now - (since[name] or now))
    end
  end
  out[#out + 1] = sharers
end
return out
)";

}  // namespace gateway
