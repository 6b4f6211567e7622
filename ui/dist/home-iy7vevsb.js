import{R as t,u as o,W as m}from"./index-ghWDAfn4.js";const e=document.getElementById("app");e&&t(o(m,{title:"home",tabs:[],current:"/home"}),e);
