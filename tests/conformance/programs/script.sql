create table item(id integer primary key, name text not null, price real, note blob);
create index item_price on item(price);
create table sale(item references item(id), day text, amount integer check (amount > 0));
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)
  insert into item select i, printf('item %04d', i), (i * 7919) % 1000 / 8.0, zeroblob(i % 50) from n;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
  insert into sale select 1 + (i * 31) % 2000, date('2024-01-01', '+' || (i % 365) || ' days'), 1 + i % 9 from n;
select count(*), sum(price), avg(price), total(length(note)) from item;
select strftime('%Y-%m', day) as month, sum(amount), group_concat(distinct amount) from sale group by month order by month;
select name, sum(amount * price) as revenue, rank() over (order by sum(amount * price) desc) as place
  from item join sale on sale.item = item.id group by item.id order by revenue desc, name limit 10;
explain query plan select * from item where price between 3 and 4 order by price;
create view cheap as select * from item where price < 1;
select count(*) from cheap;
create trigger no_free after insert on item when new.price = 0 begin select raise(abort, 'not free'); end;
insert into item(name, price) values('free', 0);
insert into sale values(1, '2024-01-01', -1);
select json_extract('{"a": [1, 2, {"b": "c"}]}', '$.a[2].b'), json_group_array(id) from (select id from item limit 3);
select sqrt(2), pow(2, 0.5), sin(1), 1e308 * 10, 1 / 0, 9223372036854775807 + 1, round(2.675, 2);
select upper('ä'), 'ä' = 'Ä', hex('ä'), length('äö'), instr('hello', 'll'), like('h%o', 'hello'), glob('h*o', 'hello');
create virtual table words using fts5(text);
insert into words values('the quick brown fox'), ('jumps over the lazy dog');
select rowid, highlight(words, 0, '[', ']') from words where words match 'fox OR dog' order by rank;
select * from absent;
pragma integrity_check;
drop table words;
