"""Stored values of earlier forms that this program reads (patchwatch.db.versions.OLDEST_READABLE).

Append the values of the form before when you add fields; never change those that are here.
"""

OLD_FORMS: dict[int, dict[str, str]] = {
    16: {
        "message": (
            '["m@x","[PATCH v2 1/2] mm: frob",["Ann Author","ann@example.org"],1700000000,1700000060,'
            '"cover@x",["cover@x"],["linux-mm@kvack.org"],"patch",["mm: frob",2,0,true,1,2,["net-next'
            '"],true,false,false,false,false,0],["Ben","ben@example.org"],"00000000000000000000000000'
            '00000000000000",["mm/frob.c"],[["Reviewed-by","Rita <r@x>",true,""],["Acked-by","Al '
            '<a@x>",false,"mm bits"]],"change","base",[["v1@x",1],["v0@x",null]],["about@x"],[["nak",'
            '"No.",""],["applied","Applied, thanks.","1-2"]],false,7,"Why.\\nHow.",[["Ann Author","mm:'
            ' frob"]],"ffffffffffffffffffffffffffffffffffffffff","","c2tldGNo",[["depends","m:base@x"'
            ',"Based-on: <base@x>"]],["https://example.org/frob.git","frob-6.12","ffffffffffff","0000'
            '00000000",3,["Lin","l@x"]],["b4",[[1,2,"mm: frob"]],false,["Max","max@x"]],[["mm: '
            'frob","0123456789ab","max","tag"]],[["m@x"],"mm: frob",2],[["The lock '
            'leaks.","high",true,"mm/frob.c","frob","+ '
            'lock();",2]],true,[["Why?","question",true,true,"+ '
            'lock();",[7,8],[9],["question"],1,96,"acts",true,true,"a.c"]],[250,-40],["AAEC",""],["- '
            'take the lock"],[["lin@x","test","Lin, could you test it?",true]]]'
        ),
        "posting": (
            '["m@x",["Ann Author","ann@example.org"],["ann@example.org"],1700000000,2,0,true,false,fa'
            'lse,"patch","mm: frob",["mm frob"],["p1"],["mm/frob.c"],["6.1"],"change",[["v1@x",1],["v'
            '0@x",null]],["v1@x"],["m@x"],["linux-mm@kvack.org"],["ann author"],true,[["ann '
            'author","mm '
            'frob"]],[["m@x","f"]],"c2tldGNo",1700000300,["m:base@x"],[["m:old@x","Supersedes: '
            '<old@x>"]],[["m:new@x","Superseded by v3"]],"frob-6.12",["ben builder"]]'
        ),
        "summary": (
            '{"asks":[["lin@x","answer",["Rita","r@x"],1700000260,"n@x","Lin?"]],"author":["Ann '
            'Author","ann@example.org"],"backport":false,"checks":[["syzbot ci","failure","KASAN: '
            'bad","c@x",1700000300,1,"",false,"","",""],["q-bot","finding","The lock '
            'leaks.","d@x",1700000310,1,"high",true,"mm/frob.c","frob","+ '
            'lock();"]],"commits":true,"depends_on":[["m:base@x","Based-on: '
            '<base@x>","m@x"]],"dropped":["I dropped Al\'s tag."],"expected":2,"follow_ups":1,"has_cov'
            'er":true,"kind":"cover","message_ids":["m@x","1@x"],"minor":0,"missing":[2],"patch_facts'
            '":[[1,"mm: frob","p1",["I dropped it."]]],"patch_message_ids":["1@x"],"patches":1,"pull"'
            ':["https://example.org/frob.git","frob-6.12","ffff","0000",3,["Lin","l@x"]],"recipients"'
            ':["linux-mm@kvack.org"],"reviewed":1,"rfc":false,"senders":["ann@example.org"],"sendings'
            '":["m0@x","m@x"],"subject":"[PATCH v2 0/2] mm: '
            'frob","taken":[[2,"2@x",1,"v1@x"]],"title":"mm: frob","trailers":[["Reviewed-by","Rita '
            '<r@x>","r@x",1,true,1700000200,"mm bits"]],"unreadable":0,"version":2,"voices":[["Rita",'
            '"r@x",1700000200,true,"a@x",1700000250]],"writers":["ann@example.org"]}'
        ),
        "state": (
            '{"likely":true,"owed":[["q@x","Why?",1700000100,false,"question",["Rita","r@x"]]],"partl'
            'y":"1","partly_reason":["p@x","Applied 1.",1700000400,false,"applied",["Max","max@x"]],"'
            'points":[["q@x",1,["Rita","r@x"],1700000100,1,"question","Why?",true,false,"+ '
            'lock();","answered","a@x",1700000250,"José: '
            'done.",["Ann","ann@x"],90,"a.c",[7],1702000000,true]],"reason":["r@x","Reviewed-by: Rita'
            ' <r@x>",1700000200,false,"tagged",["Rita","r@x"]],"reviewed":1,"state":"under-review","s'
            'teps":[[["m@x","mm: '
            'frob",1700000000],"new","reviewers"]],"turn":"reviewers","turn_reason":["a@x","José: '
            'done.",1700000250,false,"answered",["Ann","ann@x"]],"turn_since":1700000250}'
        ),
        "link": ('{"by_hand":false,"evidence":["same-title"],"resend":false,"score":6.5}'),
        "evidence": (
            '{"by":["Max","max@x"],"by_hand":false,"commit":"f00d","date":1700000500,"kind":"applied"'
            ',"message_id":"","text":"mm: frob"}'
        ),
        "claims": ('{"q@x#1":["not-touched","v2@x",1700000600,"- take the lock",true]}'),
    },
}
